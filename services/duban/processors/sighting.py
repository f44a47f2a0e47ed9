"""What events say of an agency's reports: where they stand, when they came, what was read."""

from __future__ import annotations

from datetime import datetime

from msgspec.structs import replace

from duban.domain.agency import Agency
from duban.domain.day import day_of
from duban.domain.event import (
    AgencyRegistered,
    AgencyRemoved,
    CalendarReleased,
    DayBegan,
    Event,
    PageChecked,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
)
from duban.processors.due import objection, read_on, watched_terms
from duban.processors.duty import Column, Doubt, Former, Seen, Watch
from duban.rulebook.almanac import Almanac

_ISO_DAY = 10  # characters


def today_of(event: Event) -> str:
    """The day an event belongs to: its own for `day.began`, else that on which it was recorded."""
    return event.body.day if isinstance(event.body, DayBegan) else day_of(event.at)


def learn(watch: Watch, event: Event, almanac: Almanac | None) -> Watch:
    """What is known after an event; `almanac` is the one in force before it."""
    day = today_of(event)
    watch = replace(watch, today=max(watch.today, day))
    match event.body:
        case AgencyRegistered(agency=agency):
            return _registered(watch, agency, day)
        case AgencyRemoved(reason=reason):
            return replace(watch, removed=reason)
        case CalendarReleased(sha256=sha256):
            return replace(watch, almanac=sha256)
        case PageChecked() as check:
            return _checked(watch, check, day, almanac)
        case ReportRead() as read:
            return _read(watch, read, read.found_at or event.at)
        case ReportRejected() as rejected:
            return _rejected(watch, rejected, rejected.found_at or event.at)
        case ReportWithdrawn(url=url):
            return _withdrawn(watch, url, event.at)
        case _:
            return watch


def _registered(watch: Watch, agency: Agency, day: str) -> Watch:
    """A new column may have held the report all the time, so earlier readings prove less."""
    before = watch.agency.columns if watch.agency else ()
    years = watch.years
    if set(agency.columns) - set(before):
        years = {
            year: seen if seen.first_on else replace(seen, missed_on=None)
            for year, seen in years.items()
        }
    columns = {url: one for url, one in watch.columns.items() if url in agency.columns}
    is_new = watch.agency is None or watch.removed is not None
    formers = watch.formers
    old = watch.agency
    if old is not None and (old.kind, old.region) != (agency.kind, agency.region):
        formers += (Former(old.kind, old.region, until=day),)
    return replace(
        watch,
        agency=agency,
        formers=formers,
        removed=None,
        since=day if is_new else watch.since,
        columns=columns,
        years=years,
    )


def _checked(watch: Watch, check: PageChecked, day: str, almanac: Almanac | None) -> Watch:
    known = watch.agency.columns if watch.agency else ()
    is_read = check.outcome in ("read", "unchanged")
    if check.url not in known and not check.whole:
        broken = {*watch.broken, check.url} - ({check.url} if is_read else set())
        return _announced(replace(watch, broken=tuple(sorted(broken))), day)
    before = watch.columns.get(check.url, Column())
    if not is_read or (before.whole_on is not None and day < before.whole_on):
        return watch
    if check.whole:
        now = Column(whole_on=day, announced=check.announced, unclear=check.unclear)
    else:
        announced = tuple(sorted({*before.announced, *check.announced}))
        unclear = max(before.unclear, check.unclear)
        now = replace(before, announced=announced, unclear=unclear)
    watch = _announced(replace(watch, columns={**watch.columns, check.url: now}), day)
    return _missed(watch, almanac) if check.whole and almanac else watch


def _announced(watch: Watch, day: str) -> Watch:
    """What is listed and cannot be fetched may be published: that it is listed no more later, and
    comes again, does not show that it came late.
    """
    if not watch.broken:
        return watch
    years = dict(watch.years)
    for year in sorted({year for column in watch.columns.values() for year in column.announced}):
        seen = years.get(year, Seen())
        if seen.first_on is None and seen.announced_on is None:
            years[year] = replace(seen, announced_on=day)
    return replace(watch, years=years)


def _missed(watch: Watch, almanac: Almanac) -> Watch:
    """The years that all columns were now read without."""
    years = dict(watch.years)
    for term in watched_terms(watch, almanac):
        seen = years.get(term.year, Seen())
        was_seen = seen.first_on is not None or seen.announced_on is not None
        if not was_seen and objection(watch, term.year) is None:
            years[term.year] = replace(seen, missed_on=read_on(watch))
    return replace(watch, years=years)


def _read(watch: Watch, read: ReportRead, found_at: datetime) -> Watch:
    seen = watch.years.get(read.year, Seen())
    place, day = read.url or read.sha256, day_of(found_at)
    if watch.is_gone(read.url, found_at) and watch.is_back(read.url):
        seen = replace(seen, first_on=min(day, seen.first_on or day))
        return replace(watch, years={**watch.years, read.year: seen})
    watch = _came(watch, read.url, found_at)
    seen = _placed(seen, place, read.sha256, day, on_web=read.url is not None, is_readable=True)
    printed = read.published_on
    if read.url is not None and printed and len(printed) == _ISO_DAY and printed <= day:
        seen = replace(seen, printed_on=min(printed, seen.printed_on or printed))
    doubts = {
        at: doubt
        for at, doubt in watch.doubts.items()
        if at != place and doubt.sha256 != read.sha256
    }
    years = {
        year: _displaced(other, place, read.sha256, day) for year, other in watch.years.items()
    }
    watch = replace(watch, years={**years, read.year: seen}, doubts=doubts)
    return _as_gone(watch, place) if watch.is_gone(read.url, found_at) else watch


def _rejected(watch: Watch, rejected: ReportRejected, found_at: datetime) -> Watch:
    """Bytes that cannot be read stand for the report of their year; bytes that are no report,
    for nothing; bytes whose year is not certain may be the report of any year.
    """
    place, day = rejected.url or rejected.sha256, day_of(found_at)
    if watch.is_gone(rejected.url, found_at) and watch.is_back(rejected.url):
        return watch
    watch = _came(watch, rejected.url, found_at)
    doubts = {at: doubt for at, doubt in watch.doubts.items() if at != place}
    years = watch.years
    if rejected.status == "other_document":
        years = {year: _without_unreadable(seen, place) for year, seen in years.items()}
    elif rejected.status == "unreadable" and rejected.year is not None:
        seen = years.get(rejected.year, Seen())
        on_web = rejected.url is not None
        seen = _placed(seen, place, rejected.sha256, day, on_web=on_web, is_readable=False)
        years = {**years, rejected.year: seen}
    else:
        doubts[place] = Doubt(sha256=rejected.sha256)
    watch = replace(watch, years=years, doubts=doubts)
    return _as_gone(watch, place) if watch.is_gone(rejected.url, found_at) else watch


def _came(watch: Watch, url: str | None, found_at: datetime) -> Watch:
    if url is None:
        return watch
    came_at = max(found_at, watch.came.get(url, found_at))
    return replace(watch, came={**watch.came, url: came_at})


def _placed(
    seen: Seen, place: str, sha256: str, day: str, *, on_web: bool, is_readable: bool
) -> Seen:
    places = {**seen.places, place: is_readable or seen.places.get(place, False)}
    first_on = min(day, seen.first_on or day) if on_web else seen.first_on
    hashes = {**seen.bytes, place: sha256}
    return replace(seen, places=places, bytes=hashes, first_on=first_on, withdrawn_on=None)


def _displaced(seen: Seen, place: str, sha256: str, day: str) -> Seen:
    """A report of another year stands here now: these bytes were taken for this year by mistake,
    or others took the place of its report.
    """
    if place not in seen.places:
        return seen
    places = {at: readable for at, readable in seen.places.items() if at != place}
    if places:
        return replace(seen, places=places)
    if seen.bytes.get(place) == sha256:
        return Seen(missed_on=seen.missed_on, announced_on=seen.announced_on)
    return replace(seen, places=places, withdrawn_on=day)


def _without_unreadable(seen: Seen, place: str) -> Seen:
    """What stood here was never read, and now it shows to be no report."""
    if seen.places.get(place) is not False:
        return seen
    places = {at: readable for at, readable in seen.places.items() if at != place}
    return replace(seen, places=places, first_on=seen.first_on if places else None)


def _withdrawn(watch: Watch, url: str, at: datetime) -> Watch:
    gone_at = max(at, watch.gone.get(url, at))
    watch = replace(watch, gone={**watch.gone, url: gone_at})
    return watch if watch.is_back(url) else _as_gone(watch, url)


def _as_gone(watch: Watch, url: str) -> Watch:
    """Nothing stands at an address any more; what it was stays known."""
    years = dict(watch.years)
    for year, seen in watch.years.items():
        if url in seen.places:
            places = {at: readable for at, readable in seen.places.items() if at != url}
            withdrawn_on = seen.withdrawn_on if places else day_of(watch.gone[url])
            years[year] = replace(seen, places=places, withdrawn_on=withdrawn_on)
    doubts = {at: doubt for at, doubt in watch.doubts.items() if at != url}
    return replace(watch, years=years, doubts=doubts)
