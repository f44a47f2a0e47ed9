"""What must be shown on the evening of a day: how each report stands, and what must be open.

An independent reading of the law (domain reference 1.2, 3.4, 3.9): nothing of it asks the
program under test.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from duban.domain.severity import Severity
from duban.domain.view import ReportState
from duban.samples.season.fates import last_day
from duban.samples.season.figures import Figures
from duban.samples.season.knowledge import FIRST_OWED, Knowledge, Sight
from duban.samples.season.plan import REPORT_YEAR

Open = tuple[int, str, Severity]
"""Report year, rule and severity of an open finding."""

#: First working days on or after last days in time that were none, by the yearly notices.
_WORKED_AGAIN = {
    date(2022, 1, 31): date(2022, 2, 7),
    date(2024, 3, 31): date(2024, 4, 1),
    date(2025, 1, 31): date(2025, 2, 5),
}
_TOWNS = ("town_gov", "subdistrict", "dev_zone")
_STOCK_COMPARED_FROM = 2022  # the stock of 2020 and before is another quantity
_LENIENT = timedelta(days=7)
_LAST_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Standing:
    """How an agency stands with a year: its state, whether it was late, what is open."""

    state: ReportState
    is_late: bool
    open: frozenset[Open]


def standings(known: Knowledge, day: date) -> dict[int, Standing]:
    """Every year the agency owes a report for, on the evening of a day."""
    return {
        year: _standing(known, year, day)
        for year in range(FIRST_OWED, REPORT_YEAR + 1)
        if _is_owed(known, year)
    }


def _is_owed(known: Knowledge, year: int) -> bool:
    agency = known.agency
    if agency.valid_from is not None and int(agency.valid_from[:4]) > year:
        return False
    due = last_day(agency.kind, year)
    if agency.valid_to is not None and date.fromisoformat(agency.valid_to) < due:
        return False
    return year >= min((known.watched_from(), *known.first))


def _standing(known: Knowledge, year: int, day: date) -> Standing:
    sight = known.here.get(year)
    if any(waiver.year == year for waiver in known.agency.waived):
        return Standing("waived", False, frozenset())
    if sight is not None:
        return _present(known, year, sight)
    due = last_day(known.agency.kind, year)
    if day <= due:
        return Standing("not_yet_due", False, frozenset())
    if any(known.whole.get(url, date.min) <= due for url in known.agency.columns):
        return Standing("blocked", False, frozenset())
    read_on = known.read_on()
    if read_on is None or known.is_announced(year):
        return Standing("blocked", False, frozenset())
    if year < known.watched_from():
        return Standing("absent", False, frozenset({(year, "DL-GAP-YEAR", "warning")}))
    gravity = _gravity(known, year, read_on)
    missing = frozenset({(year, "DL-MISSING", gravity)} if gravity else ())
    return Standing("absent", False, missing)


def _present(known: Knowledge, year: int, sight: Sight) -> Standing:
    earliest, latest = _posted(known, year, sight)
    late = None
    if earliest is not None and earliest > last_day(known.agency.kind, year):
        late = _gravity(known, year, earliest)
    figures = sight.document.figures
    if figures is None:
        return Standing("unreadable", late is not None, frozenset())
    found: set[Open] = set(_continuity(known, year, figures))
    if late is not None:
        found.add((year, _rule_of_lateness(known), late))
    if latest < date(year + 1, 1, 1):
        found.add((year, "DL-TOO-EARLY", _too_early(figures, latest, year)))
    if sight.posting.printed is None and not figures.is_signed:
        found.add((year, "DL-DATE-UNKNOWN", "info"))
    has_error = sight.document.has_error or any(grade == "error" for _, _, grade in found)
    return Standing("failing" if has_error else "compliant", late is not None, frozenset(found))


def _posted(known: Knowledge, year: int, sight: Sight) -> tuple[date | None, date]:
    """The first and the last day on which it can have been posted; None: nobody knows."""
    if sight.posting.printed is not None:
        return sight.posting.printed, sight.posting.printed
    missed = known.missed.get(year) if year >= known.watched_from() else None
    return missed, known.first[year]


def _rule_of_lateness(known: Knowledge) -> str:
    kind = known.agency.kind
    return "DL-GOV" if kind == "county_gov" else "DL-TOWN" if kind in _TOWNS else "DL-DEPT"


def _gravity(known: Knowledge, year: int, day: date) -> Severity | None:
    """How grave it is that a report came, or was not there, on a day after the last one."""
    due = last_day(known.agency.kind, year)
    if known.agency.kind in _TOWNS:
        return _delay(date(year + 1, 3, 31), day, "error") or _delay(due, day, "warning")
    return _delay(due, day, "error")


def _delay(due: date, day: date, grade: Severity) -> Severity | None:
    if day <= due:
        return None
    if due in _WORKED_AGAIN and day <= _WORKED_AGAIN[due]:
        return "info"
    return "warning" if due in _WORKED_AGAIN and day <= due + _LENIENT else grade


def _too_early(figures: Figures, posted: date, year: int) -> Severity:
    is_close = date(year + 1, 1, 1) - posted <= _LAST_WEEK
    return "info" if is_close and figures.says_full_year else "warning"


def _continuity(known: Knowledge, year: int, figures: Figures) -> Iterator[Open]:
    before = known.here.get(year - 1)
    prior = before.document.figures if before else None
    if prior is None:
        began = known.agency.valid_from
        if began is None or int(began[:4]) < year:
            yield year, "YOY-PRIOR-MISSING", "info"
        return
    over, forward = figures.carried_over, prior.carried_forward
    if over["total"] != forward["total"]:
        yield year, "YOY-CARRY-TOTAL", "info" if figures.changed_basis else "error"
    elif over != forward:
        yield year, "YOY-CARRY-COLUMN", "info" if figures.changed_basis else "warning"
    expected = prior.in_force + figures.issued - figures.repealed
    delta = abs(figures.in_force - expected)
    if delta and year >= _STOCK_COMPARED_FROM:
        is_small = delta <= max(1, 0.02 * expected)
        yield year, "YOY-INFORCE-NORM", "info" if figures.reviewed_stock or is_small else "warning"
