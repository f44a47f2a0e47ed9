"""Takes events one after the other: what they change of what is remembered, and of the documents.

An event that was absorbed before changes nothing, whatever came since. Nothing is asked or
written here: the states of the keys concerned are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import msgspec

from duban.adapters.elastic import documents, fold_bytes, fold_report
from duban.adapters.elastic.changes import Changes, Subject
from duban.adapters.elastic.state import (
    Entry,
    KeptAlert,
    KeptFinding,
    KeptPage,
    KeyState,
    Version,
    key_of_bytes,
)
from duban.adapters.embedded.moment import micros
from duban.domain import event as events
from duban.domain.alert import alert_key
from duban.domain.event import Body, Event
from duban.ports import Recorded

NOTHING: Mapping[Subject, int] = MappingProxyType({})
_SEEN = 128  # facts of a key; who records twice does so soon after


def keys_of(event: Event) -> tuple[str, ...]:
    """The keys whose states an event is held against."""
    body = event.body
    match body:
        case events.AgencyRegistered(agency=agency):
            return (agency.id,)
        case events.ReportRead(agency_id=agency_id, sha256=sha256):
            return (agency_id, key_of_bytes(sha256))
        case events.ReportRejected(agency_id=agency_id, sha256=sha256):
            theirs = key_of_bytes(sha256)
            return (theirs,) if agency_id is None else (agency_id, theirs)
        case _ if type(body) in _TAKES:
            return (str(getattr(body, "agency_id", "")),)
        case _:
            return ()


class Fold:
    """Several events over the states of their keys; `lanes` are the partitions of a position.

    `there` are the numbers of documents that are newer than the states tell.
    """

    def __init__(
        self, states: Mapping[str, KeyState], lanes: int, there: Mapping[Subject, int] = NOTHING
    ) -> None:
        self.states = states
        self.changes = Changes(there)
        self.lanes = lanes

    def take(self, recorded: Recorded) -> None:
        """Take the next event; a fact that was recorded twice is taken where it stood first."""
        take = _TAKES.get(type(recorded.event.body))
        if take is None:
            return
        if recorded.event.topic == "facts":
            seen = self.states[keys_of(recorded.event)[0]].seen
            if seen.setdefault(recorded.event.id, recorded.position) != recorded.position:
                return
            if len(seen) > _SEEN:
                del seen[next(iter(seen))]
        take(self, recorded, recorded.event.body)

    def heard_of(self, recorded: Recorded, agency_id: str) -> KeyState:
        """Something is told of an agency; the roster may not name it (yet)."""
        state = self.states[agency_id]
        if state.entry.version.number == 0:
            self._enter(recorded, agency_id, state.entry)
        return state

    def put(
        self,
        subject: Subject,
        before: Version,
        recorded: Recorded,
        fields: Mapping[str, Any],
        *,
        patch: bool = False,
    ) -> Version:
        """The next document of something of an agency."""
        entry = self.states[subject.key].entry
        whole = {**documents.whose(subject.key, entry), **fields}
        return self.changes.put(subject, before, recorded, whole, patch=patch)

    def registration(self, recorded: Recorded, body: events.AgencyRegistered) -> None:
        """The roster names an agency, or names it anew."""
        entry = self.states[body.agency.id].entry
        if entry.position >= recorded.position:
            return
        if entry.agency is None:
            # What followed from it may be told sooner, on another topic: known it was before.
            entry.version = entry.version.known_by(micros(recorded.event.at))
        entry.position, entry.is_shown, entry.agency = recorded.position, True, body.agency
        self._enter(recorded, body.agency.id, entry)

    def removal(self, recorded: Recorded, body: events.AgencyRemoved) -> None:
        """The roster no longer holds the agency."""
        entry = self.states[body.agency_id].entry
        if entry.version.number == 0 or entry.position >= recorded.position:
            return
        entry.position, entry.is_shown = recorded.position, False
        self._enter(recorded, body.agency_id, entry)

    def _enter(self, recorded: Recorded, agency_id: str, entry: Entry) -> None:
        subject = Subject("agencies", agency_id, agency_id)
        fields = documents.agency(agency_id, entry)
        entry.version = self.changes.put(subject, entry.version, recorded, fields)
        self._tell_all(recorded, agency_id)

    def _tell_all(self, recorded: Recorded, agency_id: str) -> None:
        """All documents of the agency name it as the roster does now."""
        state = self.states[agency_id]
        fields = documents.whose(agency_id, state.entry)

        def touch(model: Any, subject: str, version: Version) -> Version:
            if version.number == 0:
                return version
            return self.changes.touch(Subject(model, agency_id, subject), version, recorded, fields)

        for year, kept in state.reports.items():
            subject = f"{agency_id}/{year}"
            kept.version = touch("reports", subject, kept.version)
            kept.reading = touch("readings", subject, kept.reading)
            kept.duty = touch("obligations", subject, kept.duty)
            for fingerprint, one in kept.findings.items():
                version = touch("findings", f"{subject}/{fingerprint}", one.version)
                kept.findings[fingerprint] = msgspec.structs.replace(one, version=version)
        for url, page in state.pages.items():
            version = touch("pages", documents.page_id(agency_id, url), page.version)
            state.pages[url] = msgspec.structs.replace(page, version=version)
        for name, alert in state.alerts.items():
            version = touch("alerts", f"{agency_id}/{name}", alert.version)
            state.alerts[name] = msgspec.structs.replace(alert, version=version)

    def page(self, recorded: Recorded, body: events.PageChecked) -> None:
        """An address was looked at."""
        state = self.heard_of(recorded, body.agency_id)
        before = state.pages.get(body.url) or KeptPage(Version(), 0)
        if before.position >= recorded.position:
            return
        subject = Subject("pages", body.agency_id, documents.page_id(body.agency_id, body.url))
        version = self.put(subject, before.version, recorded, documents.page(body))
        state.pages[body.url] = KeptPage(version, recorded.position)

    def finding(self, recorded: Recorded, body: events.FindingOpened) -> None:
        """A finding opened, or is told on other grounds."""
        kept = self.heard_of(recorded, body.agency_id).report(body.year)
        found = body.finding
        before = kept.findings.get(found.fingerprint)
        if before is not None and before.revision >= body.revision:
            return
        is_same = before is not None and before.is_open
        after = KeptFinding(
            version=before.version if before else Version(),
            revision=body.revision,
            is_open=True,
            since_us=before.since_us if before and is_same else micros(recorded.event.at),
            rule=found.rule,
            severity=found.severity,
        )
        fields = documents.finding(body, after)
        self._find(recorded, body, found.fingerprint, after, fields)

    def resolution(self, recorded: Recorded, body: events.FindingResolved) -> None:
        """A finding is no longer shown."""
        kept = self.states[body.agency_id].report(body.year)
        before = kept.findings.get(body.fingerprint)
        if before is None or before.revision >= body.revision:
            return
        after = msgspec.structs.replace(before, revision=body.revision, is_open=False)
        fields = documents.resolution(body)
        self._find(recorded, body, body.fingerprint, after, fields, patch=True)

    def _find(
        self,
        recorded: Recorded,
        body: events.FindingOpened | events.FindingResolved,
        fingerprint: str,
        after: KeptFinding,
        fields: Mapping[str, Any],
        *,
        patch: bool = False,
    ) -> None:
        subject = Subject("findings", body.agency_id, f"{body.agency_id}/{body.year}/{fingerprint}")
        version = self.put(subject, after.version, recorded, fields, patch=patch)
        kept = self.states[body.agency_id].report(body.year)
        kept.findings[fingerprint] = msgspec.structs.replace(after, version=version)
        fold_report.count_rules(self, recorded, body.agency_id, body.year)

    def alert(self, recorded: Recorded, body: events.AlertOpened) -> None:
        """The office is told something, or that it is over."""
        state = self.heard_of(recorded, body.agency_id)
        name = f"{body.year}/{body.kind}"
        before = state.alerts.get(name) or KeptAlert(Version(), 0)
        if before.revision >= body.revision:
            return
        subject = Subject("alerts", body.agency_id, alert_key(body.agency_id, body.year, body.kind))
        version = self.put(subject, before.version, recorded, documents.alert(body))
        state.alerts[name] = KeptAlert(version, body.revision)

    def reading(self, recorded: Recorded, body: events.ReportRead) -> None:
        """A report was read; bytes that were rejected before may have been read now."""
        fold_report.reading(self, recorded, body)
        fold_bytes.reading(self, recorded, body.sha256)

    def rejection(self, recorded: Recorded, body: events.ReportRejected) -> None:
        """Bytes are no report, or cannot be read."""
        fold_report.refusal(self, recorded, body)
        fold_bytes.rejection(self, recorded, body)


_TAKES: Mapping[type[Body], Callable[[Fold, Recorded, Any], None]] = {
    events.AgencyRegistered: Fold.registration,
    events.AgencyRemoved: Fold.removal,
    events.PageChecked: Fold.page,
    events.ReportRead: Fold.reading,
    events.ReportRejected: Fold.rejection,
    events.ReportWithdrawn: fold_report.withdrawal,
    events.ReportAssessed: fold_report.assessment,
    events.ObligationDue: fold_report.duty,
    events.FindingOpened: Fold.finding,
    events.FindingChanged: Fold.finding,
    events.FindingResolved: Fold.resolution,
    events.AlertOpened: Fold.alert,
    events.AlertChanged: Fold.alert,
    events.AlertResolved: Fold.alert,
}
