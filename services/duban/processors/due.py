"""How an agency stands with each of its years, from what is known of it on a day.

Absence is told only where every column was read whole after the last day and nothing speaks
against it; a delay only where a printed date, or two readings of the columns, prove it.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from duban.domain.agency import Agency
from duban.domain.obligation import Obligation, Posted
from duban.processors.duty import Column, Seen, Watch
from duban.rulebook.almanac import Almanac, Term


def obligations(watch: Watch, almanac: Almanac) -> Iterator[Obligation]:
    """The obligations that are owed, or were told before, oldest year first.

    A year is owed once it is over. Years whose last day passed before the agency came under
    watch are owed only from the first one on for which a report was seen: older reports may have
    been dropped by a migrated site. The last of these years is the exception, and counts as
    watched: its report must still be public, so that its absence can be shown today.
    """
    agency = watch.agency
    if agency is None:
        return
    terms = _terms(watch, almanac, agency)
    watched_from = first_watched(terms, watch.since)
    seen_from = min(watch.years_seen, default=watched_from)
    for term in terms:
        is_watched = term.year >= watched_from
        blank = Obligation(
            year=term.year,
            stage="ended",
            due_on=term.due_on,
            opens_on=term.opens_on,
            basis=term.basis,
            watched=is_watched,
            working_day_on=term.working_day_on,
        )
        over = _over(watch, agency, term)
        waiver = next((one for one in agency.waived if one.year == term.year), None)
        if over is not None:
            is_news = watch.removed is None and _lived_in(agency, term.year)
            if term.year in watch.told or (is_news and is_watched):
                yield replace(blank, reason=over)
        elif not is_watched and term.year < seen_from:
            if term.year in watch.told:
                yield replace(blank, reason="期限早于开始监测之日，此前的报告也未见到，不作要求。")
        elif waiver is not None:
            yield replace(blank, stage="waived", reason=waiver.reason)
        else:
            yield _standing(watch, almanac, term, blank)


def watched_terms(watch: Watch, almanac: Almanac) -> tuple[Term, ...]:
    """The terms of the years that were, or can still be, watched."""
    terms = _terms(watch, almanac, watch.agency) if watch.agency else ()
    first = first_watched(terms, watch.since)
    return tuple(term for term in terms if term.year >= first)


def first_watched(terms: tuple[Term, ...], since: str) -> int:
    """The last year whose term ran out before `since`; the first of all where none had."""
    passed = [term.year for term in terms if term.due_on < since]
    return max(passed, default=0)


def objection(watch: Watch, year: int, after: str = "") -> str | None:
    """Why it is not shown that the report of a year was not there after a day; None if it is."""
    urls = watch.agency.columns if watch.agency else ()
    if not urls:
        return "名录没有登记该机关的栏目网址，无从查证。"
    columns = [(url, watch.columns.get(url, Column())) for url in urls]
    for url, column in columns:
        if column.whole_on is None or column.whole_on <= after:
            return f"期限届满后尚未完整读到栏目 {url}，不能断定未公布。"
    for url, column in columns:
        if year in column.announced:
            return f"栏目 {url} 已列出该年度的报告，但没有取得或读出，不能断定未公布。"
        if column.unclear:
            return f"栏目 {url} 中有年度或归属不明的报告，不能断定未公布。"
    for place, doubt in sorted(watch.doubts.items()):
        if doubt.year in (None, year):
            return f"有一份文件读不出或认不出年度（{place}），不能断定未公布。"
    return None


def read_on(watch: Watch) -> str | None:
    """The day on which every column had last been read whole; None where one never was."""
    urls = watch.agency.columns if watch.agency else ()
    days = [watch.columns.get(url, Column()).whole_on for url in urls]
    known = [day for day in days if day is not None]
    return min(known) if known and len(known) == len(days) else None


def _terms(watch: Watch, almanac: Almanac, agency: Agency) -> tuple[Term, ...]:
    """The terms of the agency; what it became after a last day does not hold for that day.

    Where it was something else then, the later of the two last days counts: of no other is it
    sure that the agency had to keep it.
    """
    terms = almanac.terms(agency.kind, agency.region, int(watch.today[:4]))
    return tuple(_latest(watch, almanac, term) for term in terms) if watch.formers else terms


def _latest(watch: Watch, almanac: Almanac, term: Term) -> Term:
    then = [one for one in watch.formers if one.until > term.due_on]
    others = (almanac.term(one.kind, one.region, term.year) for one in then)
    terms = [term, *(one for one in others if one is not None)]
    return max(terms, key=lambda one: (one.due_on, one.grave_after))


def _over(watch: Watch, agency: Agency, term: Term) -> str | None:
    """Why nothing is owed for a year, as one sentence; None where something may be."""
    if watch.removed is not None:
        return f"机关已从名录中删除：{watch.removed}。"
    if agency.valid_from is not None and int(agency.valid_from[:4]) > term.year:
        return f"机关于 {agency.valid_from} 设立，该年度无须报告。"
    if agency.valid_to is not None and agency.valid_to < term.due_on:
        heir = f"，并入 {agency.merged_into}" if agency.merged_into else ""
        return f"机关存续到 {agency.valid_to}{heir}，期限届满前已终止。"
    return None


def _lived_in(agency: Agency, year: int) -> bool:
    begins, ends = agency.valid_from or "", agency.valid_to
    return int(begins[:4] or 0) <= year and (ends is None or int(ends[:4]) >= year)


def _standing(watch: Watch, almanac: Almanac, term: Term, blank: Obligation) -> Obligation:
    seen = watch.years.get(term.year, Seen())
    if seen.places:
        posted = _posted(seen, term.opens_on, is_watched=blank.watched)
        earliest = posted.earliest if posted else None
        gravity = almanac.gravity(term, earliest) if earliest else None
        return replace(blank, stage="present", posted=posted, gravity=gravity)
    if watch.today <= term.due_on:
        reminder = almanac.reminder(term, watch.today)
        return replace(blank, stage="not_yet_due", reminder=reminder)
    why = objection(watch, term.year, after=term.due_on)
    shown_on = read_on(watch)
    if why is not None or shown_on is None:
        return replace(blank, stage="blocked", reason=why)
    return replace(
        blank,
        stage="absent",
        absent_on=shown_on,
        gravity=almanac.gravity(term, shown_on) if blank.watched else None,
        reason=_withdrawn(seen),
    )


def _posted(seen: Seen, opens_on: str, *, is_watched: bool) -> Posted | None:
    """When it was posted; None where it was only uploaded, which proves nothing of that.

    A date printed later than the day the report was first seen is a slip and is left alone; so is
    one before the year was over, where the report was not there when it was.
    """
    if seen.first_on is None:
        return None
    printed_on = seen.printed_on
    if printed_on is not None and printed_on < opens_on <= (seen.missed_on or ""):
        printed_on = None
    if printed_on is not None and printed_on <= seen.first_on:
        return Posted(earliest=printed_on, latest=printed_on, by="printed")
    missed_on = seen.missed_on if is_watched else None
    earliest = min(missed_on, seen.first_on) if missed_on else None
    return Posted(earliest=earliest, latest=seen.first_on, by="bracket")


def _withdrawn(seen: Seen) -> str | None:
    if seen.withdrawn_on is None:
        return None
    first = f"{seen.first_on} 曾见公布，" if seen.first_on else ""
    return f"{first}{seen.withdrawn_on} 发现已撤下。"
