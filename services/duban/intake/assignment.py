"""Whose report, for which year: what the list said, what the title says, what the text shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from duban.domain.agency import Agency
from duban.domain.event import ReportPosted
from duban.domain.report import Reason, Report
from duban.domain.text import normal

_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)年(?!底前)")
_LEAST_MENTIONS = 2
_LEAST_NAME = 5  # a bare 财政局 may be anybody's
_FIRST_HALF = 6  # reports appear from January to June of the year that follows


class Assignment(msgspec.Struct, frozen=True):
    """The agency and year a report counts for, and what told so."""

    agency_id: str
    year: int
    by: Literal["list", "title", "officer"]


def assign(posted: ReportPosted, report: Report, roster: Sequence[Agency]) -> Assignment | Reason:
    """The agency and year, or the reason why they cannot be told for certain.

    Where list and title contradict each other the list stands: a wrong name or year in a title
    is a fault for the rules to find. The year of list and title gives way only where the text
    itself and a date of publication or signature agree on another one.
    """
    hinted = any(agency.id == posted.agency_hint for agency in roster)
    agency_id = posted.agency_hint if hinted else named(report.agency, roster)
    year = _year(posted, report)
    if agency_id is None:
        name = f"“{report.agency}”" if report.agency else "（未写明）"
        return Reason("unassigned", f"报告中的机关{name}在名录中找不到唯一对应的机关，请人工指定。")
    if year is None:
        return Reason("unassigned", "从列表、标题和正文都无法确定报告年度，请人工指定。")
    by: Literal["list", "title", "officer"] = "title"
    if hinted:
        by = "officer" if posted.source == "upload" else "list"
    return Assignment(agency_id, year, by)


def named(name: str | None, roster: Iterable[Agency]) -> str | None:
    """The one agency of a full, short or former name, also with the names of higher places."""
    if not name:
        return None
    words = normal(name)
    exact: set[str] = set()
    within: set[str] = set()
    for agency in roster:
        full = normal(agency.name)
        if words in (full, *map(normal, (*agency.short_names, *agency.former_names))):
            exact.add(agency.id)
        elif words.endswith(full) or (len(words) >= _LEAST_NAME and full.endswith(words)):
            within.add(agency.id)
    found = exact or within
    return found.pop() if len(found) == 1 else None


def _year(posted: ReportPosted, report: Report) -> int | None:
    claimed = posted.year_hint or report.title_year or report.year
    if posted.source == "upload" and posted.year_hint:
        return posted.year_hint
    shown = _shown_year(report)
    dates = (posted.published_on, report.published_on, report.signed_on)
    confirmed = shown is not None and any(_due_year(date) == shown for date in dates)
    return shown if confirmed else claimed


def _shown_year(report: Report) -> int | None:
    """The year the text names clearly more often than any other."""
    counts: Counter[int] = Counter()
    for passage in report.passages:
        if normal(passage.text) != normal(report.title or ""):
            counts.update(int(year) for year in _YEAR.findall(normal(passage.text)))
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < _LEAST_MENTIONS:
        return None
    if len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]:
        return None
    return ranked[0][0]


def _due_year(date: str | None) -> int | None:
    """The year a report of this day is usually for."""
    if not date or not re.match(r"\d{4}-\d{2}", date) or int(date[5:7]) > _FIRST_HALF:
        return None
    return int(date[:4]) - 1
