"""Numbers of the prose that stand together in a clause, a sentence or a paragraph."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, Protocol

from duban.domain.place import Place
from duban.domain.report import Fact
from duban.rulebook.quantity import Quantity, Span, add

APPROXIMATION = 0.05  # 余, 多, 近, 约 turn equality into a band (field reference 3.11(5))


def quantity(fact: Fact) -> Quantity:
    """A fact's number, as a band where the prose says that it is approximate."""
    if not fact.approximate:
        return fact.value
    band = abs(fact.value) * APPROXIMATION
    return Span(fact.value - band, fact.value + band, fact.value, "正文为约数")


class Clauses(Protocol):
    """What knows the clauses of a report."""

    def clause(self, number: int) -> Together:
        """The facts of the clause of that number."""
        ...


class FactRef:
    """A fact with the facts of its clause."""

    __slots__ = ("_clauses", "fact")

    ATTRIBUTES = frozenset(
        ("name", "value", "quote", "at", "approximate", "scope", "qualifiers", "part", "clause")
    )

    def __init__(self, fact: Fact, clauses: Clauses) -> None:
        self.fact = fact
        self._clauses = clauses

    @property
    def clause(self) -> Together:
        """The facts of its clause."""
        return self._clauses.clause(self.fact.clause)

    def attribute(self, name: str) -> Any:
        """A field of the fact, or its clause."""
        return self.clause if name == "clause" else getattr(self.fact, name)

    @property
    def quote(self) -> str:
        """The words that state the number."""
        return self.fact.quote

    @property
    def at(self) -> Place:
        """Where it stands."""
        return self.fact.at


class Together:
    """The facts of one clause, sentence or paragraph, each reachable by its name.

    `among`: all facts from which these were chosen, if they do not stand for a paragraph alone.
    """

    ATTRIBUTES = frozenset(("quote", "at", "scope", "qualifiers", "value", "paragraph", "names"))

    def __init__(self, facts: list[Fact], among: list[Fact] | None = None) -> None:
        self.facts = facts
        self._among = among
        self.by_name: dict[str, list[Fact]] = defaultdict(list)
        for fact in facts:
            self.by_name[fact.name].append(fact)

    def number(self, name: str) -> Quantity | None:
        """The number stated under a name; None where it is not stated."""
        found = self.by_name.get(name)
        if not found:
            return None
        if len({fact.value for fact in found}) > 1:
            return Span(0, None, None, "同一处有多个同名数字")
        return quantity(found[0])

    def numbers(self, names: tuple[str, ...]) -> list[Quantity]:
        """The numbers stated under any of the names."""
        found = (self.number(name) for name in names)
        return [number for number in found if number is not None]

    @property
    def paragraph(self) -> Together:
        """All facts of the paragraph, of those they were chosen from."""
        if self._among is None:
            return self
        own = self.facts[0].paragraph
        return Together([fact for fact in self._among if fact.paragraph == own])

    @property
    def quote(self) -> str:
        """The quotes of the facts, each once, in reading order."""
        kept: list[str] = []
        for fact in self.facts:
            if any(fact.quote in other for other in kept):
                continue
            kept = [other for other in kept if other not in fact.quote]
            kept.append(fact.quote)
        return "，".join(kept)

    @property
    def at(self) -> Place:
        """Where the first of them stands."""
        return self.facts[0].at

    @property
    def scope(self) -> tuple[str, ...]:
        """Every marker that widens or narrows one of the numbers."""
        return tuple(dict.fromkeys(marker for fact in self.facts for marker in fact.scope))

    @property
    def qualifiers(self) -> tuple[str, ...]:
        """Every circumstance of one of the numbers."""
        return tuple(dict.fromkeys(word for fact in self.facts for word in fact.qualifiers))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the facts."""
        return tuple(self.by_name)

    @property
    def value(self) -> Quantity:
        """The sum of all numbers."""
        return add(quantity(fact) for fact in self.facts)

    def attribute(self, name: str) -> Any:
        """A property, or the number stated under a fact's name."""
        return getattr(self, name) if name in self.ATTRIBUTES else self.number(name)
