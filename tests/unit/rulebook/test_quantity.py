"""Blanks confirm, but prove nothing that some number of at least 0 would mend."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.rulebook.quantity import Span, add, at_least, equal

BLANK = Span(0, None, 0, "blank")
UNREADABLE = Span(0, None, None, "unreadable")
MOST = 12


@pytest.mark.parametrize(
    ("a", "b", "verdict"),
    [
        (3, 3, True),
        (3, 4, False),
        (285.2, 285.205, True),
        (285.2, 285.22, False),
        (BLANK, 0, True),
        (BLANK, 4, "blank"),
        (add((5, BLANK)), 4, False),
        (add((5, BLANK)), 5, True),
        (add((5, BLANK)), 6, "blank"),
        (add((5, UNREADABLE)), 5, "unreadable"),
        (BLANK, BLANK, True),
    ],
)
def test_two_quantities_are_equal_unequal_or_unknown(
    a: int | Span, b: int | Span, verdict: bool | str
) -> None:
    assert equal(a, b) == verdict
    assert equal(b, a) == verdict


def test_at_least_is_decided_by_the_bounds() -> None:
    assert at_least(add((5, BLANK)), 5) is True
    assert at_least(add((5, BLANK)), 6) == "blank"
    assert at_least(4, add((5, BLANK))) is False


cells = st.lists(st.one_of(st.integers(0, 6), st.none()), min_size=1, max_size=3)


@given(cells, cells)
def test_a_sum_fails_exactly_when_no_filling_of_the_blanks_mends_it(
    left: list[int | None], right: list[int | None]
) -> None:
    verdict = equal(
        add(BLANK if value is None else value for value in left),
        add(BLANK if value is None else value for value in right),
    )

    unknown = [value for value in (*left, *right) if value is None]
    fillings = product(range(3 * MOST), repeat=len(unknown)) if len(unknown) <= 2 else ()
    mended = any(_sums_agree(left, right, filling) for filling in fillings)
    if len(unknown) <= 2:
        assert (verdict is False) == (not mended)
    if verdict is True:
        assert sum(value or 0 for value in left) == sum(value or 0 for value in right)


def _sums_agree(left: list[int | None], right: list[int | None], filling: tuple[int, ...]) -> bool:
    values = iter(filling)
    sums = [sum(next(values) if v is None else v for v in side) for side in (left, right)]
    return sums[0] == sums[1]
