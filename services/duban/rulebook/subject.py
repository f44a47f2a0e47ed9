"""What a finding is about, said so that every format and every re-reading say the same."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from duban.domain.report import Section
from duban.domain.text import normal
from duban.rulebook.table import CellRef, RowRef
from duban.rulebook.together import FactRef, Together
from duban.rulebook.view import View


def base(element: Any) -> str:
    """The element without its occurrence: a cell's path, a fact's name with its scope …"""
    if isinstance(element, CellRef):
        return element.path
    if isinstance(element, RowRef):
        return f"{element.table}.{element.field}"
    if isinstance(element, FactRef):
        return "|".join((element.fact.name, *sorted(element.fact.scope)))
    if isinstance(element, Section):
        return f"part {element.part}" if element.part else normal(element.heading)
    if isinstance(element, Together):
        return "together"
    if isinstance(element, dict):
        return str(element["field"])
    return str(element)


def subject(elements: list[Any], place: int) -> str:
    """The element at `place`, with its occurrence where equal ones stand before it."""
    own = base(elements[place])
    before = sum(base(other) == own for other in elements[:place])
    return f"{own}#{before + 1}" if before else own


def fingerprint(view: View, rule: str, about: str) -> str:
    """The identity of a fault: agency, year, rule, subject.

    What the roster says of agency and year goes before what the document prints, so that a
    corrected title does not make new faults of old ones.
    """
    context, report = view.context, view.report
    agency = normal(context.names[0] if context.names else report.agency or "")
    year = context.year if context.year is not None else report.year
    return digest((agency, str(year), rule, about))


def digest(parts: Iterable[str]) -> str:
    """32 hexadecimal digits over the parts, their borders kept."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]


def printed(view: View, path: str) -> str:
    """What a cell prints, in a form that does not depend on the file's format."""
    cell = view.report.cell(path)
    if cell is None:
        raise KeyError(path)
    return f"{path}={cell.kind}:{cell.value if cell.value is not None else normal(cell.raw)}"
