"""What is known of bytes that are no report, or were none until they were read.

They may be rejected in one partition and read in another, and either may be taken first: what
stands is as if they had come in the order of time.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from duban.adapters.elastic import documents
from duban.adapters.elastic.changes import Changes, Subject
from duban.adapters.elastic.state import (
    KeptReading,
    KeptRejection,
    KeyState,
    Version,
    key_of_bytes,
)
from duban.adapters.embedded.moment import micros, moment
from duban.domain.event import ReportRejected
from duban.ports import Recorded


class Folding(Protocol):
    """What takes events; `lanes` are the partitions of a position."""

    states: Mapping[str, KeyState]
    changes: Changes
    lanes: int


def reading(fold: Folding, recorded: Recorded, sha256: str) -> None:
    """Bytes were read as a report: they are no longer rejected, if they were before."""
    state = fold.states[key_of_bytes(sha256)]
    lane = str((recorded.position - 1) % fold.lanes)
    last = state.readings.get(lane)
    if last is None or last.position < recorded.position:
        state.readings[lane] = KeptReading(recorded.position, micros(recorded.event.at))
    _settle(fold, recorded, state)


def rejection(fold: Folding, recorded: Recorded, body: ReportRejected) -> None:
    """Bytes are no report, or cannot be read."""
    state = fold.states[key_of_bytes(body.sha256)]
    before = state.rejection
    if before is not None and not _follows(fold, recorded, before):
        return
    version = _put(fold, recorded, before.version if before else Version(), body, settled=False)
    state.rejection = KeptRejection(
        version, recorded.position, micros(recorded.event.at), is_settled=False, body=body
    )
    for one in sorted(state.readings.values(), key=lambda one: one.at_us):
        _settle(fold, _as_of(recorded, one), state)


def restore(fold: Folding, recorded: Recorded, key: str) -> None:
    """Write anew what stands of some bytes, whoever wrote meanwhile what does not stand."""
    state = fold.states[key]
    kept = state.rejection
    if kept is None or any(subject.key == key for subject in fold.changes.of):
        return
    again = _as_of(recorded, kept)
    version = _put(fold, again, kept.version, kept.body, settled=kept.is_settled)
    state.rejection = msgspec.structs.replace(kept, version=version)


def _settle(fold: Folding, recorded: Recorded, state: KeyState) -> None:
    before = state.rejection
    if before is None or before.is_settled or not _follows(fold, recorded, before):
        return
    version = _put(fold, recorded, before.version, before.body, settled=True)
    state.rejection = msgspec.structs.replace(before, version=version, is_settled=True)


def _put(
    fold: Folding, recorded: Recorded, before: Version, body: ReportRejected, *, settled: bool
) -> Version:
    subject = Subject("rejected", key_of_bytes(body.sha256), body.sha256)
    fields = documents.rejection(body, is_settled=settled)
    return fold.changes.put(subject, before, recorded, fields)


def _follows(fold: Folding, recorded: Recorded, before: KeptRejection) -> bool:
    """Whether the event is later: positions tell only within a partition, times else."""
    if (recorded.position - before.position) % fold.lanes == 0:
        return recorded.position > before.position
    return micros(recorded.event.at) >= before.at_us


def _as_of(recorded: Recorded, one: KeptReading | KeptRejection) -> Recorded:
    """An event, as if it had come where the reading or rejection did."""
    event = msgspec.structs.replace(recorded.event, at=moment(one.at_us))
    return Recorded(one.position, event)
