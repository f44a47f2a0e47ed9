"""What a broken assertion rests on, as a finding tells it: its values, a quote and a place."""

from __future__ import annotations

from typing import Any

from duban.domain.finding import Scalar
from duban.domain.place import Place
from duban.rulebook.days import Days, iso
from duban.rulebook.environment import Elements
from duban.rulebook.quantity import Span, shown
from duban.rulebook.together import FactRef
from duban.rulebook.view import View


def scalar(value: Any) -> Scalar:
    """A value as it is printed; a fact by its number, days as ISO text, several by 、."""
    if isinstance(value, FactRef):
        value = value.fact.value
    if isinstance(value, Days):
        return iso(value)
    if isinstance(value, list | tuple) and not isinstance(value, Span):
        return "、".join(str(item) for item in value)
    return shown(value) if isinstance(value, int | float | Span) else value


def place_of(view: View, path: str) -> Place | None:
    """Where a cell stands."""
    cell = view.report.cell(path)
    return cell.at if cell else None


def quote_and_place(
    view: View, elements: Elements, cells: tuple[str, ...]
) -> tuple[str | None, Place | None]:
    """Quote and place: of the element that has them, or of the last cell (the total)."""
    quote: str | None = None
    at: Place | None = None
    for element in elements.values():
        quote = quote or getattr(element, "quote", None) or getattr(element, "heading", None)
        at = at or getattr(element, "at", None)
    if at is None and cells:
        at = place_of(view, cells[-1])
    return quote, at
