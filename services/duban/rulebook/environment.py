"""What a rule's terms may name while they are compiled: variables, named values, word lists."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from duban.errors import RuleError
from duban.rulebook.quantity import Verdict
from duban.rulebook.view import View

Elements = dict[str, Any]  # what the rule's variables stand for just now
Value = Callable[[View, Elements], Any]
Test = Callable[[View, Elements], Verdict]
Keys = Callable[[View, Elements], tuple[str, ...]]


@dataclass(slots=True)
class Environment:
    """The names known at one place of a rule file, and the cells its check looks at.

    `variables` maps a variable to the attributes its elements have.
    """

    file: str
    lists: dict[str, tuple[Any, ...]]
    variables: dict[str, frozenset[str]] = field(default_factory=dict)
    lets: dict[str, Value] = field(default_factory=dict)
    touched: list[Keys] = field(default_factory=list)
    used: set[str] = field(default_factory=set)

    def with_variable(self, name: str, attributes: frozenset[str]) -> Environment:
        """The same environment with one variable more; cells looked at are counted together."""
        return Environment(
            self.file, self.lists, {**self.variables, name: attributes}, self.lets, self.touched,
            self.used,
        )  # fmt: skip

    def words(self, name: str, key: str) -> tuple[Any, ...]:
        """The shared word list of that name."""
        if name not in self.lists:
            raise self.refusal(key, f"${name}", [f"${known}" for known in sorted(self.lists)])
        return self.lists[name]

    def refusal(self, key: str, found: object, allowed: Iterable[str]) -> RuleError:
        """The RuleError that names file, key path, what was found and what is allowed."""
        return RuleError(
            f"{self.file}：{key} 的值 {found!r} 无效，允许的值：{'、'.join(allowed)}。"
        )
