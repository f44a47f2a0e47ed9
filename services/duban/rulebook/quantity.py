"""Numbers that may be known only within bounds (field reference 3.12.2(5)).

A blank, a mark or an unreadable cell is an unknown number of at least 0. It may confirm a sum
when the blanks are read as 0, but it proves a failure only where no number could mend it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

#: Amounts are compared within a cent-sized rounding; counts are whole and thus compared exactly.
TOLERANCE = 0.01

Verdict = bool | str  # True: passes; False: fails; a text: cannot tell, and why


class Span(NamedTuple):
    """A number between `low` and `high` (None: no bound); `nominal` reads blanks as 0.

    `nominal` is None where something is printed that could not be read as a number.
    """

    low: int | float
    high: int | float | None
    nominal: int | float | None
    why: str

    @property
    def is_range(self) -> bool:
        """Whether both bounds are known, and no number between them is likelier than another."""
        return self.high is not None and self.nominal is None


Quantity = int | float | Span


def add(quantities: Iterable[Quantity]) -> Quantity:
    """The sum; exact if every addend is."""
    exact: int | float = 0
    spans: list[Span] = []
    for quantity in quantities:
        if isinstance(quantity, Span):
            spans.append(quantity)
        else:
            exact += quantity
    if not spans:
        return exact
    low, high, nominal = exact, exact, exact
    open_end = unread = False
    for span in spans:
        low += span.low
        if span.high is None:
            open_end = True
        else:
            high += span.high
        if span.nominal is None:
            unread = True
        else:
            nominal += span.nominal
    return Span(low, None if open_end else high, None if unread else nominal, spans[0].why)


def same(a: int | float, b: int | float) -> bool:
    """Whether two exact numbers are equal: counts exactly, decimals within the tolerance."""
    return a == b or (not (isinstance(a, int) and isinstance(b, int)) and abs(a - b) <= TOLERANCE)


def equal(a: Quantity, b: Quantity) -> Verdict:
    """Whether two quantities are equal; False only if no admissible values are."""
    if not isinstance(a, Span) and not isinstance(b, Span):
        return same(a, b)
    one, other = _span(a), _span(b)
    if _above(one.low, other.high) or _above(other.low, one.high):
        return False
    if one.nominal is not None and other.nominal is not None and same(one.nominal, other.nominal):
        return True
    return one.why or other.why


def at_least(a: Quantity, b: Quantity) -> Verdict:
    """Whether `a` is not below `b`; False only if no admissible values are."""
    if not isinstance(a, Span) and not isinstance(b, Span):
        return a >= b
    one, other = _span(a), _span(b)
    if _above(other.low, one.high):
        return False
    if other.high is not None and one.low >= other.high:
        return True
    return one.why or other.why


def shown(quantity: Quantity | None) -> int | float | None:
    """The number to print: whole decimals as integers, the known part of a span."""
    if quantity is None:
        return None
    value = quantity.low if isinstance(quantity, Span) else quantity
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _span(quantity: Quantity) -> Span:
    return quantity if isinstance(quantity, Span) else Span(quantity, quantity, quantity, "")


def _above(low: int | float, high: int | float | None) -> bool:
    return high is not None and low > high and not same(low, high)
