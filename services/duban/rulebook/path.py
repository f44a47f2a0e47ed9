"""Field paths such as `applications.{row.field}.$applicants`, compiled to look-ups.

`{variable.attribute}` is filled in for each element, `$list` stands for the entries of a word
list, `*` for every field the forms have at that place.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple, TypeGuard

from duban.domain.form import (
    COLUMNS,
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    ROWS_2019,
    ROWS_2021,
)
from duban.domain.obligation import Obligation, Posted
from duban.domain.report import Fees
from duban.rulebook.about import ReportFacts
from duban.rulebook.days import days_of
from duban.rulebook.environment import Elements, Environment, Keys, Value
from duban.rulebook.table import (
    CELL_ATTRIBUTES,
    ROW_ATTRIBUTES,
    SECTION_ATTRIBUTES,
    TABLE_ATTRIBUTES,
)
from duban.rulebook.together import FactRef
from duban.rulebook.view import TABLES, View

_SEGMENT = re.compile(r"(?:\{[^{}]*\}|[^.{}])+")
_FILLED = re.compile(r"\{([^{}]*)\}")
_PLAIN = (CELL_ATTRIBUTES, ROW_ATTRIBUTES, SECTION_ATTRIBUTES)
_FORM: dict[str, tuple[str, ...]] = {
    "applications": tuple(
        dict.fromkeys(
            f"{row.field}.{column.field}" for row in (*ROWS_2019, *ROWS_2021) for column in COLUMNS
        )
    ),
    "disputes": tuple(f"{g.field}.{c.field}" for g in DISPUTE_GROUPS for c in DISPUTE_COLUMNS),
}
ROOTS = (*TABLES, "report", "fees", "tables", "sections", "prose", "prior", "obligation")
_DAYS = frozenset(("due_on", "opens_on", "working_day_on", "absent_on", "posted"))


class Choice(NamedTuple):
    """The cells an expanded path names, and the rows they stand in, one for each."""

    paths: tuple[str, ...]
    rows: tuple[str, ...]


class Cells(NamedTuple):
    """A path into the tables: which cells it names, and whether its rows are a choice."""

    table: str
    keys: Keys
    rows: Callable[[View, Elements], frozenset[str]] | None
    single: bool


def is_cells(text: object) -> TypeGuard[str]:
    """Whether a term is a path into one of the three tables."""
    return isinstance(text, str) and text.split(".", 1)[0] in TABLES


def compile_cells(text: str, env: Environment, key: str) -> Cells:
    """The cells a table path names; they are noted as looked at."""
    table = text.split(".", 1)[0]
    fill = _template(text, env, key)
    expand = _expander(env, table, key)
    if not ("$" in text or "*" in text or _fills_choice(text, env)):
        cells = Cells(table, lambda view, elements: (fill(view, elements),), None, single=True)
    elif table == "applications" and not _chooses_column_only(text, env):
        cells = Cells(table, *_in_present_rows(table, fill, expand), single=False)
    else:
        cells = Cells(
            table, lambda view, elements: expand(fill(view, elements)).paths, None, single=False
        )
    if not _FILLED.search(text):
        expand(text)
    env.touched.append(cells.keys)
    return cells


def _in_present_rows(
    table: str, fill: Callable[[View, Elements], str], expand: Callable[[str], Choice]
) -> tuple[Keys, Callable[[View, Elements], frozenset[str]]]:
    """Of a choice of rows, those that the table has."""

    def keys(view: View, elements: Elements) -> tuple[str, ...]:
        layout = view.laid_out.get(table)
        if layout is None:
            return ()
        text = fill(view, elements)
        known = layout.present.get(text)
        if known is None:
            choice = expand(text)
            pairs = zip(choice.paths, choice.rows, strict=True)
            known = tuple([path for path, row in pairs if row in layout.rows])
            layout.present[text] = known
        return known

    return keys, lambda view, elements: frozenset(expand(fill(view, elements)).rows)


def compile_path(text: str, env: Environment, key: str) -> Value:
    """The value a path names: a number of a cell, or a field of the report or of a variable."""
    segments = _SEGMENT.findall(text)
    if not segments:
        raise env.refusal(key, text, ("字段路径",))
    root, rest = segments[0], segments[1:]
    if root in env.variables:
        return _of_variable(root, rest, env, key, text)
    if root in env.lets and not rest:
        return env.lets[root]
    if root in TABLES:
        return _of_cell(text, env, key)
    if root == "report" and len(rest) == 1 and rest[0] in ReportFacts._fields:
        name = rest[0]
        return lambda view, elements: getattr(view.about, name)
    if root == "fees" and len(rest) == 1 and rest[0] in Fees.__struct_fields__:
        name = rest[0]
        return lambda view, elements: getattr(view.report.fees, name)
    if root == "tables" and len(rest) in (1, 2):
        return _attribute(rest, TABLE_ATTRIBUTES, lambda view, k: view.tables.get(k), env, key)
    if root == "sections" and len(rest) in (1, 2):
        return _attribute(rest, SECTION_ATTRIBUTES, lambda view, k: view.sections.get(k), env, key)
    if root == "prose" and len(rest) == 1:
        return _attribute(rest, frozenset(), lambda view, k: view.prose.get(k), env, key)
    if root == "prior":
        return _of_prior(rest, env, key)
    if root == "obligation" and rest:
        return _of_obligation(rest, env, key)
    names = (*env.variables, *env.lets, *ROOTS)
    raise env.refusal(key, text, (f"{name}…" for name in names))


def _of_cell(text: str, env: Environment, key: str) -> Value:
    cells = compile_cells(text, env, key)
    if not cells.single:
        raise env.refusal(key, text, ("单个单元格的路径；多个单元格请放在 sum 或 count 之内",))
    keys = cells.keys
    return lambda view, elements: view.number(keys(view, elements)[0])


def _of_prior(rest: list[str], env: Environment, key: str) -> Value:
    """A field of the report of the year before; alone, whether there is one."""
    if not rest:
        return lambda view, elements: view.has_prior or None
    # Cells of another report are no cells of this one: they are not noted as looked at.
    own = Environment(env.file, env.lists, env.variables, {}, [], env.used)
    inner = compile_path(".".join(rest), own, f"{key}.prior")

    def value(view: View, elements: Elements) -> Any:
        prior = view.prior
        return None if prior is None else inner(prior, elements)

    return value


def _of_obligation(rest: list[str], env: Environment, key: str) -> Value:
    name, *inner = rest
    fields = Obligation.__struct_fields__
    if name not in fields or len(inner) > (name == "posted"):
        raise env.refusal(key, ".".join(rest), fields)
    if inner and inner[0] not in Posted.__struct_fields__:
        raise env.refusal(key, inner[0], Posted.__struct_fields__)
    as_days = name in _DAYS and inner != ["by"]

    def value(view: View, elements: Elements) -> Any:
        found: Any = view.context.obligation
        for one in rest:
            found = None if found is None else getattr(found, one)
        return days_of(found) if as_days else found

    return value


def _of_variable(root: str, rest: list[str], env: Environment, key: str, text: str) -> Value:
    attributes = env.variables[root]
    if not rest:
        return lambda view, elements: elements[root]
    name = rest[0]
    if "{" in name:
        fill = _template(name, env, key)
        return lambda view, elements: elements[root].number(fill(view, elements))
    if name.startswith("$"):
        words = tuple(str(word) for word in env.words(name[1:], key))
        return lambda view, elements: elements[root].numbers(words)
    if name not in attributes and "*" not in attributes:
        raise env.refusal(key, text, (f"{root}.{known}" for known in sorted(attributes)))
    if len(rest) == 2 and name in ("paragraph", "clause"):
        inner = rest[1]
        return lambda view, elements: getattr(elements[root], name).attribute(inner)
    if len(rest) > 1:
        raise env.refusal(key, text, (f"{root}.{name}",))

    if attributes in _PLAIN:
        get = attrgetter(name)
        return lambda view, elements: get(elements[root])
    if "*" in attributes or attributes == FactRef.ATTRIBUTES:
        return lambda view, elements: elements[root].attribute(name)
    return lambda view, elements: elements[root].get(name)  # an entry of a word list


def _attribute(
    rest: list[str],
    known: frozenset[str],
    look_up: Callable[[View, str], Any],
    env: Environment,
    key: str,
) -> Value:
    which = _template(rest[0], env, key)
    if len(rest) == 1:
        return lambda view, elements: look_up(view, which(view, elements))
    name = rest[1]
    if name not in known:
        raise env.refusal(key, name, sorted(known))

    def attribute(view: View, elements: Elements) -> Any:
        found = look_up(view, which(view, elements))
        return None if found is None else getattr(found, name)

    return attribute


def _template(text: str, env: Environment, key: str) -> Callable[[View, Elements], str]:
    """A function that fills in `{…}`."""
    pieces = _FILLED.split(text)
    if len(pieces) == 1:
        return lambda view, elements: text
    values = [compile_path(name, env, key) for name in pieces[1::2]]
    if len(pieces) == 3:
        before, after, value = pieces[0], pieces[2], values[0]
        return lambda view, elements: f"{before}{value(view, elements)}{after}"
    fixed = pieces[0::2]

    def fill(view: View, elements: Elements) -> str:
        out = [fixed[0]]
        for value, after in zip(values, fixed[1:], strict=True):
            out.append(str(value(view, elements)))
            out.append(after)
        return "".join(out)

    return fill


def _fills_choice(text: str, env: Environment) -> bool:
    """Whether a filled-in name may itself hold a list or a wildcard (entries of word lists)."""
    for name in _FILLED.findall(text):
        variable, _, attribute = name.partition(".")
        if attribute == "rows" and "rows" in env.variables.get(variable, ()):
            return True
    return False


def _chooses_column_only(text: str, env: Environment) -> bool:
    stem = text.rpartition(".")[0]
    return "$" not in stem and "*" not in stem and not _fills_choice(stem, env)


def _expander(env: Environment, table: str, key: str) -> Callable[[str], Choice]:
    @lru_cache(maxsize=512)
    def expand(text: str) -> Choice:
        paths = list(_paths(text.split(".")[1:], env, key))
        if any("*" in path for path in paths):
            paths = [found for path in paths for found in _matching(path, table)]
        return Choice(
            tuple(f"{table}.{path}" for path in paths),
            tuple(path.rpartition(".")[0] for path in paths),
        )

    return expand


def _paths(segments: list[str], env: Environment, key: str) -> Iterator[str]:
    if not segments:
        yield ""
        return
    head = segments[0]
    choices = env.words(head[1:], key) if head.startswith("$") else (head,)
    for tail in _paths(segments[1:], env, key):
        for choice in choices:
            name = choice["field"] if isinstance(choice, dict) else choice
            yield f"{name}.{tail}" if tail else name


def _matching(pattern: str, table: str) -> list[str]:
    expression = re.compile(re.escape(pattern).replace(r"\*", "[^.]+"))
    return [path for path in _FORM.get(table, ()) if expression.fullmatch(path)]
