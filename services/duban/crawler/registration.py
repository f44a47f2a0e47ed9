"""Records the roster as facts, only where it says something new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from duban.domain.agency import Agency
from duban.domain.event import AgencyRegistered, AgencyRemoved, Body, Event, derived_id, record
from duban.ports import Clock, Cursor, StateRecord, StateStore, Step

UNIT = "roster"
_PART = "agency"
_PAGE = 1000


class _Registered(msgspec.Struct, frozen=True):
    """What was last recorded of an agency; None once it was removed."""

    agency: Agency | None
    event_id: str


def register(agencies: Sequence[Agency], store: StateStore, clock: Clock) -> int:
    """Record new, changed and vanished agencies in one step; returns how many."""
    before = store.cursor(UNIT)
    now = clock.now()
    known = dict(_known(store))
    outputs: list[Event] = []
    records: dict[tuple[str, str], StateRecord] = {}
    position = before.position + 1

    def add(agency_id: str, agency: Agency | None, body: Body) -> None:
        last = known[agency_id].event_id if agency_id in known else ""
        event = record(body, id=derived_id(last, UNIT, agency_id), at=now)
        outputs.append(event)
        data = msgspec.json.encode(_Registered(agency, event.id))
        records[agency_id, _PART] = StateRecord(position, data)

    for agency in agencies:
        if agency.id not in known or known[agency.id].agency != agency:
            add(agency.id, agency, AgencyRegistered(agency=agency))
    listed = {agency.id for agency in agencies}
    for agency_id, last in known.items():
        if agency_id not in listed and last.agency is not None:
            add(agency_id, None, AgencyRemoved(agency_id=agency_id, reason="名录中已不再列出"))
    if outputs:
        store.commit(
            Step(
                unit=UNIT,
                before=before,
                after=Cursor(position),
                outputs=tuple(outputs),
                records=records,
                keys=tuple(agency_id for agency_id, _ in records),
            )
        )
    return len(outputs)


def registered(store: StateStore) -> tuple[Agency, ...]:
    """The agencies as last recorded, by id."""
    return tuple(last.agency for _, last in _known(store) if last.agency is not None)


def _known(store: StateStore) -> Iterator[tuple[str, _Registered]]:
    after = ""
    while keys := store.keys(UNIT, after, _PAGE):
        for key in keys:
            data = store.record(UNIT, key, _PART)
            if data is not None:
                yield key, msgspec.json.decode(data.data, type=_Registered)
        after = keys[-1]
