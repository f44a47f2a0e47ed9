"""Which agencies are watched and which rules hold, where another process decides it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Generic, Protocol, TypeVar

import msgspec

from duban import assets
from duban.adapters.calendar_library import calendar_from
from duban.adapters.holidays import days_off
from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.adapters.rulebook_library import rulebook_from
from duban.bootstrap import cards
from duban.distributed.places import places_of
from duban.domain.agency import Agency
from duban.domain.event import (
    EVERYONE,
    AgencyRegistered,
    AgencyRemoved,
    CalendarReleased,
    RulebookReleased,
    decode,
)
from duban.errors import DubanError, EventError
from duban.ports import BlobStore, Cursor, StateRecord, StateStore, Step
from duban.rulebook import Rulebook, deadlines, load
from duban.rulebook.almanac import Almanac
from duban.web.site import RuleCard

logger = logging.getLogger(__name__)

NAME = "in-force"
_ROSTER = ("agency.registered", "agency.removed")
_RULES = ("rulebook.released", "calendar.released")
_AGENCY, _RULEBOOK, _CALENDAR = "agency", "rulebook", "calendar"  # parts that are remembered
_Place = tuple[str, str]  # key and part
_EVENTS_AT_ONCE = 200
_KEYS_AT_ONCE = 1000
_TOLD_BY = 0  # an event for everyone is in every partition; one is enough, and in order


class InForce(Protocol):
    """What holds at the moment."""

    def roster(self) -> Sequence[Agency]: ...

    def rulebook(self) -> Rulebook: ...

    def almanac(self) -> Almanac: ...


class Followed:
    """A unit: follows the facts on Kafka for the roster and the rules, and remembers them.

    Until the release of any rules was heard of, those of a folder hold.
    """

    name = NAME

    def __init__(
        self, states: StateStore, reader: PartitionReader, blobs: BlobStore, rules: Path | None
    ) -> None:
        self._states = states
        self._reader = reader
        self._lock = threading.Lock()
        self._agencies = dict(_agencies(states))
        self._rulebook = _Released(
            _known(states, _RULEBOOK, RulebookReleased),
            lambda: load(assets.find("rules", rules)),
            lambda released: rulebook_from(blobs, released),
        )
        self._almanac = _Released(
            _known(states, _CALENDAR, CalendarReleased),
            lambda: deadlines.load(assets.find("rules", rules), days_off),
            lambda released: calendar_from(blobs, released.sha256),
        )

    def advance(self) -> bool:
        """Hear of the next facts of each partition; False when there were none."""
        before = self._states.cursor(NAME)
        known = places_of(self._states, NAME)
        wanted, places = known.next(self._reader, "facts", _EVENTS_AT_ONCE)
        if not wanted:
            return False
        heard: dict[_Place, msgspec.Struct | None] = {}
        for raw in self._reader.read("facts", wanted):
            heard.update(_said(raw))
        position = before.position + 1
        records = {
            place: StateRecord(position, msgspec.json.encode(value))
            for place, value in heard.items()
        }
        self._states.commit(
            Step(
                unit=NAME,
                before=before,
                after=Cursor(position),
                records={**records, **places.record(position)},
                keys=tuple(sorted({key for key, _ in records} - {EVERYONE})),
            )
        )
        self._take(heard)
        return True

    def roster(self) -> Sequence[Agency]:
        """The agencies, by id."""
        with self._lock:
            return tuple(agency for _, agency in sorted(self._agencies.items()))

    def rulebook(self) -> Rulebook:
        """The rules that judge now."""
        return self._rulebook.now()

    def almanac(self) -> Almanac:
        """The deadlines and days off that hold now."""
        return self._almanac.now()

    def _take(self, heard: Mapping[_Place, msgspec.Struct | None]) -> None:
        with self._lock:
            for (key, _), value in heard.items():
                if isinstance(value, RulebookReleased):
                    self._rulebook.release(value)
                elif isinstance(value, CalendarReleased):
                    self._almanac.release(value)
                elif isinstance(value, Agency):
                    self._agencies[key] = value
                else:
                    self._agencies.pop(key, None)


class Cards(Mapping[str, RuleCard]):
    """What the pages tell of each rule in force."""

    def __init__(self, in_force: InForce) -> None:
        self._in_force = in_force
        self._made: tuple[str, Mapping[str, RuleCard]] = ("", {})

    def __getitem__(self, rule: str) -> RuleCard:
        return self._now()[rule]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())

    def _now(self) -> Mapping[str, RuleCard]:
        rulebook = self._in_force.rulebook()
        if self._made[0] != rulebook.sha256:
            self._made = rulebook.sha256, cards(rulebook)
        return self._made[1]


R = TypeVar("R", bound=msgspec.Struct)
T = TypeVar("T")


class _Released(Generic[R, T]):
    """What a release stands for; what held before where that cannot be had at the moment."""

    def __init__(
        self, released: R | None, packaged: Callable[[], T], open_: Callable[[R], T]
    ) -> None:
        self._released = released
        self._open = open_
        self._packaged = packaged
        self._held: T | None = None
        self._lock = threading.Lock()

    def release(self, released: R) -> None:
        with self._lock:
            self._released = released

    def now(self) -> T:
        with self._lock:
            if self._released is not None:
                try:
                    self._held, self._released = self._open(self._released), None
                except DubanError as error:
                    logger.error("%s", error, extra={"action": "release_not_opened"})
            if self._held is None:
                self._held = self._packaged()
            return self._held


def _said(raw: Raw) -> Mapping[_Place, msgspec.Struct | None]:
    """What an event says of the roster or the rules, and where it is remembered."""
    if raw.name not in _ROSTER and (raw.name not in _RULES or raw.partition != _TOLD_BY):
        return {}
    try:
        body = decode(raw.value).body
    except EventError:
        return {}  # the unit that judges sets it aside
    match body:
        case AgencyRegistered():
            return {(body.agency.id, _AGENCY): body.agency}
        case AgencyRemoved():
            return {(body.agency_id, _AGENCY): None}
        case RulebookReleased():
            return {(EVERYONE, _RULEBOOK): body}
        case CalendarReleased():
            return {(EVERYONE, _CALENDAR): body}
        case _:
            return {}


def _known(states: StateStore, part: str, kind: type[R]) -> R | None:
    known = states.record(NAME, EVERYONE, part)
    return msgspec.json.decode(known.data, type=kind) if known else None


def _agencies(states: StateStore) -> Iterator[tuple[str, Agency]]:
    after = ""
    while keys := states.keys(NAME, after, _KEYS_AT_ONCE):
        for key in keys:
            known = states.record(NAME, key, _AGENCY)
            agency = msgspec.json.decode(known.data, type=Agency | None) if known else None
            if agency is not None:
                yield key, agency
        after = keys[-1]
