"""Whose report, for which year: what the list said, what the title says, what the text shows."""

from __future__ import annotations

import re
from collections import Counter
from typing import Literal

import msgspec

from duban.domain.event import ReportPosted
from duban.domain.report import Reason, Report
from duban.domain.text import normal
from duban.intake.roster import Roster

_PERIOD = re.compile(r"(?<!\d)(20[0-4]\d)年1月1日(?:起)?(?:至|到|-|—|~)")
_MENTION = re.compile(r"(?<!\d)(20[0-4]\d)年(?!\d|.{0,12}(?:将|计划|拟|下一步|继续|要))")
_LAST_MONTH = 3  # departments by 31 January, governments by 31 March (A49)
_VOICES_AGAINST_THE_TITLE = 2


class Assignment(msgspec.Struct, frozen=True):
    """The agency and year a report counts for, and what told so."""

    agency_id: str
    year: int
    by: Literal["list", "title", "officer"]


def assign(posted: ReportPosted, report: Report, roster: Roster) -> Assignment | Reason:
    """The agency and year, or the reason why they cannot be told for certain.

    Where list and title contradict each other the list stands: a wrong name or year in a title
    is a fault for the rules to find. The year of list and title gives way only where the text and
    the day of publication or of signature agree on another one; where only the days speak against
    it, and the report may be one that comes a year late, an officer has to say which it is.
    """
    hinted = posted.agency_hint in roster
    agency_id = posted.agency_hint if hinted else roster.named(report.agency)
    if agency_id is None:
        name = f"“{report.agency}”" if report.agency else "（未写明）"
        return Reason(
            "unassigned",
            f"报告中的机关{name}在名录中找不到唯一对应的机关，请人工指定。",
            f"The agency of the report ({report.agency or 'not named'}) is not exactly one of "
            "the roster: please have an officer say which it is.",
        )
    year = _year(posted, report)
    if isinstance(year, Reason):
        return year
    by: Literal["list", "title", "officer"] = "title"
    if hinted:
        by = "officer" if posted.source == "upload" else "list"
    return Assignment(agency_id, year, by)


def _year(posted: ReportPosted, report: Report) -> int | Reason:
    if posted.source == "upload" and posted.year_hint is not None:
        return posted.year_hint
    claimed = posted.year_hint or report.title_year or report.year
    shown = shown_year(report)
    published = posted.published_on or report.published_on
    witnesses = [year for year in (shown, due_year(published), due_year(report.signed_on)) if year]
    if claimed in witnesses:
        return claimed
    other, voices = Counter(witnesses).most_common(1)[0] if witnesses else (None, 0)
    # Against a title both days are one voice: a report that comes late is also signed late.
    is_outvoted = voices >= _VOICES_AGAINST_THE_TITLE and (claimed is None or other == shown)
    if other is not None and is_outvoted:
        return other
    if claimed is None:
        return Reason(
            "unassigned",
            "从列表、标题和正文都无法确定报告年度，请人工指定。",
            "Neither list nor title nor text tell the year of the report: please have an officer "
            "say.",
        )
    if shown is None and due_year(published) == claimed + 1:
        return Reason(
            "unassigned",
            f"标题写{claimed}年度，却于{published}发布，正文没有写明年度，不能确定是迟报还是标题有误，"
            "请人工指定。",
            f"The title says {claimed}, but it was posted on {published} and the text names no "
            "year: it may be late or its title wrong; please have an officer say.",
        )
    return claimed


def shown_year(report: Report) -> int | None:
    """The year the text speaks of: dates and plans apart, clearly more often than any other."""
    counts: Counter[int] = Counter()
    title = normal(report.title or "")
    for passage in report.passages:
        words = normal(passage.text)
        period = _PERIOD.search(words)
        if period:
            return int(period[1])
        if words != title:
            counts.update(int(year) for year in _MENTION.findall(words))
    ranked = counts.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]):
        return None
    return ranked[0][0]


def due_year(date: str | None) -> int | None:
    """The year a report of this day is for if it keeps to the time the law sets (A49)."""
    if not date or not re.match(r"\d{4}-\d{2}", date) or int(date[5:7]) > _LAST_MONTH:
        return None
    return int(date[:4]) - 1
