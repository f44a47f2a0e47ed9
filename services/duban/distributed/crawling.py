"""The part of the edge that watches: crawler, roster, days, and the rules that hold."""

from __future__ import annotations

from collections.abc import Sequence

from duban.adapters.day_emitter import DayEmitter
from duban.adapters.rules_in_force import RulesInForce
from duban.bootstrap import rules_at_start
from duban.crawler.registration import register, registered
from duban.crawler.rounds import Rounds
from duban.distributed.ground import Ground
from duban.distributed.readings_there import ReadingsThere
from duban.domain.agency import Agency
from duban.errors import StorageError
from duban.ports import BlobStore
from duban.rulebook import Rulebook
from duban.rulebook.almanac import Almanac


class Crawling:
    """The only one that records the roster, the rules in force and each day as it begins."""

    def __init__(self, ground: Ground, blobs: BlobStore, roster: Sequence[Agency] | None) -> None:
        states, clock = ground.store.states, ground.clock
        rules = RulesInForce(blobs, states)
        found = rules_at_start(rules, ground.settings, clock)
        if roster is not None:
            register(roster, states, clock)
        self._roster = registered(states)
        self._rulebook = found.rulebook
        self._almanac = rules.calendars(found.calendar)
        self.days = DayEmitter(states, clock, found.calendar)
        self._rounds = Rounds(
            self._roster, ground.settings, states=states, blobs=blobs, clock=clock,
            log=ReadingsThere(ground.store.log, states, ground.reader()),
            knows_day=ground.knows_day, observer=ground.figures,
        )  # fmt: skip

    @property
    def error(self) -> StorageError | None:
        """What ended the recording of days, if anything did."""
        return self.days.error

    def start(self, *, crawl: bool) -> None:
        """Record the days until now; with `crawl`, begin with the first round."""
        self.days.start()
        if crawl:
            self._rounds.start()

    def stop(self) -> None:
        """End after the request in hand; raises what ended it before, if anything did."""
        self._rounds.stop()
        self.days.stop()

    def roster(self) -> Sequence[Agency]:
        """The agencies that are watched, by id."""
        return self._roster

    def rulebook(self) -> Rulebook:
        """The rules that judge."""
        return self._rulebook

    def almanac(self) -> Almanac:
        """The deadlines and days off."""
        return self._almanac
