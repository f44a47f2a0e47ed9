"""The rules of one folder, its rulebook and its deadlines, in force until others are ordered."""

from __future__ import annotations

from pathlib import Path

import msgspec

from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.rulebook_library import RulebookLibrary
from duban.adapters.rules_copy import copy_of, unpacked
from duban.domain.event import EVERYONE, Event
from duban.ports import BlobStore, Clock, Cursor, StateRecord, StateStore, Step
from duban.rulebook import Rulebook

UNIT = "rules-order"
_PART = "last"


class Version(msgspec.Struct, frozen=True):
    """A rulebook and the deadlines beside it, "" where there were none; and what released them."""

    rulebook: str = ""
    sha256: str = ""
    deadlines: str = ""
    events: tuple[str, str] = ("", "")


class Order(msgspec.Struct, frozen=True):
    """What was ordered last: `own` is the copy of a folder given by hand, empty where the rules
    that come with the program are to hold; `before` held until then.
    """

    own: bytes = b""
    before: Version = Version()


class Proposal(msgspec.Struct, frozen=True):
    """What a folder would put in force, and the facts that would say so; none where it holds."""

    rulebook: Rulebook
    calendar: str
    events: tuple[Event, ...]


class RulesInForce:
    """Puts the rules of a folder in force, rulebook and deadlines together.

    The order is stored before the facts that follow from it: when the program ends in between,
    the next start completes it.
    """

    def __init__(self, blobs: BlobStore, states: StateStore) -> None:
        self._states = states
        self.rulebooks = RulebookLibrary(blobs, states)
        self.calendars = CalendarLibrary(blobs, states)

    def order(self) -> Order:
        """What was ordered last."""
        known = self._states.record(UNIT, EVERYONE, _PART)
        return msgspec.json.decode(known.data, type=Order) if known else Order()

    def now(self) -> Version:
        """What holds now."""
        rulebook_event, rulebook = self.rulebooks.last()
        calendar_event, calendar = self.calendars.last()
        return Version(
            rulebook.version if rulebook else "",
            rulebook.sha256 if rulebook else "",
            calendar.version if calendar else "",
            (rulebook_event, calendar_event),
        )

    def proposed(self, folder: Path, clock: Clock) -> Proposal:
        """What the folder would put in force; nothing is stored. Raises RuleError."""
        rulebook, released = self.rulebooks.proposed(folder, clock)
        calendar, dated = self.calendars.proposed(folder, clock)
        events = tuple(event for event in (released, dated) if event is not None)
        return Proposal(rulebook, calendar, events)

    def put_in_force(self, folder: Path, clock: Clock, *, own: bool) -> Proposal:
        """Order the rules of a folder; `own` where it was given by hand, and is to be kept.

        Rules that hold already are not ordered again. Raises RuleError, and then nothing changed.
        """
        proposal = self.proposed(folder, clock)
        before = self.order()
        if proposal.events or (before.own and not own):
            held = self.now() if proposal.events else before.before
            self._store(Order(copy_of(folder) if own else b"", held))
            self._release(proposal)
        self.calendars.tell_of_unknown_days(proposal.calendar, clock)
        return proposal

    def start(self, packaged: Path, given: Path | None, clock: Clock) -> Proposal:
        """What holds as a program starts: the folder `given`; else that given last by hand; else
        what comes with the program.

        Days off that became known are taken in. Raises RuleError, and then nothing changed.
        """
        if given is not None:
            return self.put_in_force(given, clock, own=True)
        own = self.order().own
        if not own:
            return self.put_in_force(packaged, clock, own=False)
        with unpacked(own) as folder:
            proposal = self.proposed(folder, clock)
            self._release(proposal)
        self.calendars.tell_of_unknown_days(proposal.calendar, clock)
        return proposal

    def is_kept_from(self, packaged: Path, clock: Clock) -> bool:
        """Whether rules given by hand hold, and say other things than those of the program."""
        return bool(self.order().own and self.proposed(packaged, clock).events)

    def _release(self, proposal: Proposal) -> None:
        for event in proposal.events:
            library = self.rulebooks if event.name == "rulebook.released" else self.calendars
            library.record(event)

    def _store(self, order: Order) -> None:
        cursor = self._states.cursor(UNIT)
        position = cursor.position + 1
        data = msgspec.json.encode(order)
        self._states.commit(
            Step(
                unit=UNIT,
                before=cursor,
                after=Cursor(position),
                records={(EVERYONE, _PART): StateRecord(position, data)},
            )
        )
