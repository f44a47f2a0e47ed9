"""Days known within bounds: a comparison fails only where every day within them fails."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from duban.rulebook.days import Days, between, on_or_before
from duban.rulebook.quantity import Span

_FIRST = date(2024, 1, 28)
_ISO = [(_FIRST + timedelta(days=n)).isoformat() for n in range(8)]


@st.composite
def _days(draw: st.DrawFn) -> Days:
    low, high = sorted(draw(st.tuples(st.integers(0, 7), st.integers(0, 7))))
    is_open = draw(st.booleans()) and low == 0
    return Days(None if is_open else _ISO[low], _ISO[high])


def _possible(days: Days) -> list[str]:
    """Every day it may be; without a beginning also one long before."""
    low = days.earliest or "2000-01-01"
    return [day for day in ("2000-01-01", *_ISO) if low <= day <= days.latest]


@given(_days(), _days())
def test_a_verdict_holds_for_every_possible_day(a: Days, b: Days) -> None:
    verdict = on_or_before(a, b)
    ways = {x <= y for x in _possible(a) for y in _possible(b)}

    if isinstance(verdict, bool):
        assert ways == {verdict}
    else:
        assert "不能确定先后" in verdict


@given(_days(), _days())
def test_what_is_certain_is_told(a: Days, b: Days) -> None:
    ways = {x <= y for x in _possible(a) for y in _possible(b)}

    if len(ways) == 1 and a.earliest is not None and b.earliest is not None:
        assert on_or_before(a, b) in ways


@given(_days(), _days())
def test_the_days_between_lie_within_the_bounds(a: Days, b: Days) -> None:
    found = between(a, b)
    low, high = (found.low, found.high) if isinstance(found, Span) else (found, found)

    for x in _possible(a):
        for y in _possible(b):
            count = (date.fromisoformat(y) - date.fromisoformat(x)).days
            assert low <= count
            assert high is None or count <= high


def test_a_day_nobody_knows_is_not_compared() -> None:
    known = Days("2024-01-31", "2024-01-31")

    assert on_or_before(None, known) == on_or_before(known, None) == "日期不明，无法比较先后"
    assert isinstance(between(None, known), Span)
