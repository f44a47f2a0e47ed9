"""The demo's county on several days: who owes what, and nobody is accused of what was not due."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import httpx
import pytest

from duban.adapters.clock import SHANGHAI, SystemClock
from duban.cli.demo import years_on
from duban.domain.view import Overview, Scope
from duban.testing.county import county

#: Day → reports not yet due: none after the season, all at its beginning, in February that of
#: the government. The last day lies beyond the days off that are known to any library.
DAYS = {"2026-11-21": 0, "2027-01-03": 8, "2031-02-10": 1}

AGENCIES = 8
PATIENCE_S = 120


@contextmanager
def on(day: str, folder: Path, patch: pytest.MonkeyPatch) -> Iterator[tuple[Overview, str]]:
    """The front page's figures and text on a day, when every posted report was judged."""
    noon = datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=SHANGHAI)
    patch.setattr("duban.bootstrap.SystemClock", partial(SystemClock, wall=lambda: noon))
    with county(folder, agencies=AGENCIES, years=years_on(day), today=day) as (address, machine, _):
        start = time.monotonic()
        while (shown := machine.store.index.overview(Scope())).ledger.blocked or not judged(shown):
            assert time.monotonic() - start < PATIENCE_S, shown.ledger
            time.sleep(0.2)
        yield shown, httpx.get(address).text


def judged(shown: Overview) -> bool:
    """Whether the county's three years are told, and each report that is there was judged."""
    return shown.ledger.owed == AGENCIES * 3 and not shown.ledger.unreadable


@pytest.mark.parametrize("day", DAYS)
def test_the_front_page_shows_three_years_and_accuses_nobody(
    day: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on(day, tmp_path, monkeypatch) as (shown, page):
        assert sorted(shown.years) == list(years_on(day))
        assert shown.ledger.absent == 0
        assert all(row.late == 0 for row in shown.by_year)
        assert shown.ledger.not_yet_due == DAYS[day]
        if day == "2031-02-10":
            assert "2031 年的节假日安排尚不知道" in page
