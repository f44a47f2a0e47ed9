"""What must be shown on the evening of a day: how each report stands, and what must be open.

An independent reading of the law (domain reference 1.2, 3.4, 3.9): nothing of it asks the
program under test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from duban.domain.form import APPLICANTS
from duban.domain.severity import Severity
from duban.domain.view import ReportState
from duban.samples.manuscript import Manuscript
from duban.samples.season.fates import last_day
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
_LENIENT = timedelta(days=7)
_LAST_WEEK = timedelta(days=7)
_FULL_YEAR = re.compile("1月1日[^。；]{0,12}12月31日")
_STOCK_REVIEWED = re.compile("清理|失效|有效期|认定|重新统计|口径")
_BASIS_CHANGED = re.compile("统计口径|口径调整|机构改革|数据更正|与上年[^。；]*不一致")
_NORMS = "disclosure.normative_documents"


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
    if sight.document.paper is None:
        return Standing("unreadable", late is not None, frozenset())
    found: set[Open] = set(_continuity(known, year, sight.document.paper))
    if late is not None:
        found.add((year, _rule_of_lateness(known), late))
    paper = sight.document.paper
    if latest < date(year + 1, 1, 1):
        found.add((year, "DL-TOO-EARLY", _too_early(paper, latest, year)))
    if sight.posting.printed is None and paper.signed_on is None:
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


def _too_early(paper: Manuscript, posted: date, year: int) -> Severity:
    is_close = date(year + 1, 1, 1) - posted <= _LAST_WEEK
    says_so = any(_FULL_YEAR.search(_prose(paper, part)) for part in (None, 1))
    return "info" if is_close and says_so else "warning"


def _continuity(known: Knowledge, year: int, paper: Manuscript) -> Iterator[Open]:
    before = known.here.get(year - 1)
    prior = before.document.paper if before else None
    began = known.agency.valid_from
    if prior is None:
        if not (began is not None and int(began[:4]) >= year):
            yield year, "YOY-PRIOR-MISSING", "info"
        return
    carried = {c.field: _carried(prior, paper, c.field) for c in APPLICANTS}
    basis = any(_BASIS_CHANGED.search(_prose(paper, part)) for part in (1, 6))
    over, forward = _carried(prior, paper, "total")
    if over != forward:
        yield year, "YOY-CARRY-TOTAL", "info" if basis else "error"
    elif any(now != then for now, then in carried.values()):
        yield year, "YOY-CARRY-COLUMN", "info" if basis else "warning"
    if year > 2021:
        yield from _stock(prior, paper, year)


def _carried(prior: Manuscript, paper: Manuscript, column: str) -> tuple[float, float]:
    return (
        paper.number(f"applications.carried_over.{column}"),
        prior.number(f"applications.carried_forward.{column}"),
    )


def _stock(prior: Manuscript, paper: Manuscript, year: int) -> Iterator[Open]:
    issued, repealed = (paper.number(f"{_NORMS}.{name}") for name in ("issued", "repealed"))
    expected = prior.number(f"{_NORMS}.in_force") + issued - repealed
    actual = paper.number(f"{_NORMS}.in_force")
    if actual == expected:
        return
    reviewed = any(_STOCK_REVIEWED.search(_prose(paper, part)) for part in (None, 1, 2, 5, 6))
    is_small = abs(actual - expected) <= max(1, 0.02 * expected)
    yield year, "YOY-INFORCE-NORM", "info" if reviewed or is_small else "warning"


def _prose(paper: Manuscript, part: int | None) -> str:
    return "".join(sentence.text() for at, _, sentence in paper.sentences() if at == part)
