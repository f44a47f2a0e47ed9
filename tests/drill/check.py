"""What must hold of a data folder after any kills; each line that is given tells a failure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from tests.drill.plan import Plan

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain import event as events
from duban.domain.event import Event, Topic

_TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")


def everything(store: EmbeddedStore, plan: Plan) -> Iterator[str]:
    """Every failure of a folder whose work is done."""
    history = {topic: _all(store, topic) for topic in _TOPICS}
    yield from nothing_lost(history["posted"], plan)
    yield from every_input_has_a_trace(store, history["posted"], history["facts"])
    yield from nothing_doubled(history)
    yield from days_in_order(history["facts"], plan)
    yield from alerts_are_what_is_open(history["conclusions"], history["alerts"])


def nothing_lost(posted: list[Event], plan: Plan) -> Iterator[str]:
    """All bytes that were on a page on any day were posted."""
    known = {event.body.sha256 for event in posted if isinstance(event.body, events.ReportPosted)}
    for sha256 in sorted(plan.posted - known):
        yield f"lost: {sha256[:12]} was on a page and was never posted"
    for sha256 in sorted(known - plan.posted):
        yield f"invented: {sha256[:12]} was posted and never on a page"


def every_input_has_a_trace(
    store: EmbeddedStore, posted: list[Event], facts: list[Event]
) -> Iterator[str]:
    """Each posting was read or rejected once, or is set aside."""
    traces = Counter(
        event.body.posted_id
        for event in facts
        if isinstance(event.body, events.ReportRead | events.ReportRejected)
    )
    traces.update(one.event_id for _, one in store.states.set_aside())
    for event in posted:
        if traces[event.id] != 1:
            yield f"posting {event.id} has {traces[event.id]} traces"


def nothing_doubled(history: dict[Topic, list[Event]]) -> Iterator[str]:
    """No id twice, no posting of the same bytes in a row, no revision left out or told twice."""
    for topic, found in history.items():
        for event_id, times in Counter(event.id for event in found).items():
            if times > 1:
                yield f"{topic}: {event_id} is there {times} times"
    yield from _postings_once(history)
    told: dict[str, list[int]] = defaultdict(list)
    is_open: dict[str, bool] = {}
    for event in (*history["conclusions"], *history["alerts"]):
        subject, revision = _revision(event)
        told[subject].append(revision)
        ends = isinstance(event.body, events.FindingResolved | events.AlertResolved)
        opens = isinstance(event.body, events.FindingOpened | events.AlertOpened) and not ends
        changes = isinstance(event.body, events.FindingChanged | events.AlertChanged)
        if opens or ends:
            if is_open.get(subject, False) != (changes or not opens):
                yield f"{event.name} of {subject} does not follow from what was told before"
            is_open[subject] = opens
    for subject, revisions in told.items():
        if revisions != list(range(1, len(revisions) + 1)):
            yield f"revisions of {subject}: {revisions}"


def alerts_are_what_is_open(conclusions: list[Event], alerts: list[Event]) -> Iterator[str]:
    """The open alerts hold the errors and warnings that are open, each once."""
    standing: dict[tuple[str, int, str], events.AlertOpened] = {}
    for event in alerts:
        if isinstance(event.body, events.AlertOpened):
            standing[event.body.agency_id, event.body.year, event.body.kind] = event.body
    told = Counter(
        (body.agency_id, body.year, line.fingerprint)
        for body in standing.values()
        if not isinstance(body, events.AlertResolved) and body.kind != "unreadable"
        for line in body.lines
    )
    found: dict[tuple[str, int, str], bool] = {}
    for event in conclusions:
        match event.body:
            case events.FindingOpened() as body:
                grave = body.finding.severity != "info" and body.finding.blame == "agency"
                found[body.agency_id, body.year, body.finding.fingerprint] = grave
            case events.FindingResolved() as body:
                found[body.agency_id, body.year, body.fingerprint] = False
    for subject in sorted({*told, *(at for at, is_open in found.items() if is_open)}):
        if told[subject] != int(found.get(subject, False)):
            yield f"finding {subject} is told by {told[subject]} alerts"


def _postings_once(history: dict[Topic, list[Event]]) -> Iterator[str]:
    by_url: dict[str | None, list[str]] = defaultdict(list)
    withdrawn = {
        event.body.url
        for event in history["facts"]
        if isinstance(event.body, events.ReportWithdrawn)
    }
    for event in history["posted"]:
        if isinstance(event.body, events.ReportPosted):
            by_url[event.body.url].append(event.body.sha256)
    for url, hashes in by_url.items():
        if url not in withdrawn and any(a == b for a, b in pairwise(hashes)):
            yield f"{url} was posted twice with the same bytes"


def _revision(event: Event) -> tuple[str, int]:
    body = event.body
    match body:
        case events.ObligationDue():
            return f"obligation {body.agency_id}/{body.obligation.year}", body.revision
        case events.ReportAssessed():
            return f"assessment {body.agency_id}/{body.year}", body.revision
        case events.FindingOpened():
            return f"finding {body.agency_id}/{body.year}/{body.finding.fingerprint}", body.revision
        case events.FindingResolved():
            return f"finding {body.agency_id}/{body.year}/{body.fingerprint}", body.revision
        case events.AlertOpened():
            return f"alert {body.agency_id}/{body.year}/{body.kind}", body.revision
    raise AssertionError(event.name)


def days_in_order(facts: list[Event], plan: Plan) -> Iterator[str]:
    """Each day of the plan began once, in order."""
    begun = [event.body.day for event in facts if isinstance(event.body, events.DayBegan)]
    if begun != [day.isoformat() for day in plan.days]:
        yield f"days: {begun}"


def _all(store: EmbeddedStore, topic: Topic) -> list[Event]:
    return [one.event for one in store.log.read(topic, limit=1_000_000)]
