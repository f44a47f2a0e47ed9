"""The one place that wires: adapters, intake, processors, crawler and pages, embedded profile.

What the distributed profile runs is put together in `distributed`, of the same parts.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Self

from fastapi import FastAPI

from duban import assets
from duban.adapters.agency_chain import agency_chain, chain_from
from duban.adapters.clock import SystemClock, WallClock, last_recorded
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.desk import OfficeDesk
from duban.adapters.embedded.alert_inbox import AlertInbox
from duban.adapters.embedded.observed_unit import ObservedUnit
from duban.adapters.embedded.purpose import refuse_an_edge
from duban.adapters.embedded.runner import EmbeddedRunner, Unit
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.notify.channels import channels_of
from duban.adapters.notify.observed import ObservedChannel
from duban.adapters.retrying import Retrying
from duban.adapters.rules_in_force import Proposal, RulesInForce
from duban.config import LOOPBACK, Settings
from duban.crawler.registration import register, registered
from duban.crawler.rounds import Rounds
from duban.domain.agency import Agency
from duban.domain.day import day_of
from duban.domain.report import Reading
from duban.errors import DubanError
from duban.intake.job import MAX_BYTES, ReadJob
from duban.intake.pool import ReadingPool
from duban.intake.unit import NAME as INTAKE
from duban.intake.unit import Intake
from duban.measuring.office import NOTIFIER, UNITS, Office, exposition, figures_of
from duban.notifying.notifier import Notifying
from duban.notifying.plan import Plan
from duban.notifying.plan_file import load as load_plan
from duban.ports import BlobStore, Index, Notifier
from duban.rulebook import Rulebook
from duban.rulebook.almanac import Almanac
from duban.web.app import create_app
from duban.web.site import Notice, RuleCard, Site

logger = logging.getLogger(__name__)


class Machine:
    """Everything of one office in one process: store, reading processes, runner, crawler, pages.

    Use it as a context; leaving it ends every thread and process after the step in hand. Raises
    StorageError for an unusable data folder, RuleError for wrong rules. Without a roster, the
    one recorded last stays in force.
    """

    def __init__(self, settings: Settings, roster: Sequence[Agency] | None) -> None:
        self.settings = settings
        self._alerts = load_plan(settings.alerts, os.environ) if settings.alerts else None
        self._channels: Mapping[str, Notifier] = channels_of(self._alerts) if self._alerts else {}
        self._open = ExitStack()
        try:
            self.store = self._open.enter_context(EmbeddedStore(settings.data))
            self._open.enter_context(self.store.processing())
            refuse_an_edge(self.store)
            self.store.fill_views()
            self.blobs: BlobStore = self.store.blobs
            self.index: Index = self.store.index
            self._end = self.store.end()
            after = last_recorded(self.store.log)
            self.clock = SystemClock(after, accept=settings.accept_clock)
            rules = RulesInForce(self.blobs, self.store.states)
            found = rules_at_start(rules, settings, self.clock)
            self.rulebook, calendar = found.rulebook, found.calendar
            if roster is not None:
                register(roster, self.store.states, self.clock)
            self.roster = registered(self.store.states)
            rules_known = [rule.id for rule in self.rulebook.rules]
            self._figures = figures_of(self.clock, rules_known, self._end)
            self._channels = {
                name: ObservedChannel(one, self._figures) for name, one in self._channels.items()
            }
            pool = ReadingPool(settings.readers, observer=self._figures)
            reading = self._open.enter_context(pool)
        except BaseException:
            self._open.close()
            raise
        self._almanac = rules.calendars(calendar)
        self._days = DayEmitter(self.store.states, self.clock, calendar)
        self._reading = reading
        self.runner = self._runner(rules)
        self.machinery = exposition(self._office(), self._figures)
        self._rounds = Rounds(
            self.roster, settings, states=self.store.states, blobs=self.blobs, clock=self.clock,
            log=self.store.log, knows_day=lambda: self.clock.problem() is None,
            observer=self._figures,
        )  # fmt: skip

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._rounds.stop()
        with self._open:
            try:
                self.runner.stop()
            finally:
                self._days.stop()

    def start(self, *, crawl: bool = True) -> None:
        """Begin to handle events and, with `crawl`, to look at the roster's list pages."""
        self._reading.start()
        self._days.start()
        self.runner.start()
        if crawl:
            self._rounds.start()

    def has_failed(self) -> bool:
        """Whether handling events had to stop; leaving the context raises the reason."""
        return self.runner.error is not None or self._days.error is not None

    def app(self) -> FastAPI:
        """The pages over this machine's read models."""
        return create_app(
            Site(
                index=self.index,
                blobs=self.blobs,
                clock=self.clock,
                rules=cards(self.rulebook),
                rulebook_version=lambda: self.rulebook.version,
                wait=self.store.wait,
                desk=self._desk(),
                most_bytes=MAX_BYTES,
                roster=lambda: self.roster,
                notices=lambda: notices(self.clock, self._almanac),
                hosts=(*LOOPBACK, *self.settings.names),
                machinery=self.machinery,
                scrapers=self.settings.scrapers,
            )
        )

    def _office(self) -> Office:
        """What the figures are taken from."""
        return Office(
            data=self.settings.data, store=self.store, clock=self.clock, days=self._days,
            almanac=lambda: self._almanac, reading=self._reading,
            rulebook=lambda: self.rulebook.version,
            units=UNITS + (NOTIFIER if self._alerts is not None else ()),
            end=self._end, has_failed=self.has_failed,
        )  # fmt: skip

    def _desk(self) -> OfficeDesk:
        retrying = Retrying(self.store.log, self.store.states, self.clock)
        return OfficeDesk(
            log=self.store.log, blobs=self.blobs, index=self.index, clock=self.clock,
            read=reader_in(self._reading), judge=self.rulebook.judge, retry=retrying.ask,
        )  # fmt: skip

    def _runner(self, rules: RulesInForce) -> EmbeddedRunner:
        chain = agency_chain(rules.rulebooks, rules.calendars)
        intake = Intake(self._reading.read, self.blobs, self.clock, lambda: self.roster)
        reading = self.store.effect(
            INTAKE, "posted", intake.handle,
            at_once=self.settings.readers, observer=self._figures,
        )  # fmt: skip
        notifying: list[Unit] = []
        if self._alerts is not None:
            unit = notifier_of(self._alerts, self._channels, self.store, self.clock)
            notifying.append(ObservedUnit(unit, self._figures))
        units = [reading, *notifying]
        return self.store.runner(chain, units=units, recipe=chain_from, observer=self._figures)


def cards(rulebook: Rulebook) -> Mapping[str, RuleCard]:
    """What the pages tell of each rule."""
    return {
        rule.id: RuleCard(
            id=rule.id,
            title=rule.title.zh,
            title_en=rule.title.en,
            severity=rule.severity,
            basis=rule.basis,
            remedy=rule.remedy.zh,
            remedy_en=rule.remedy.en,
            limits=rule.limits,
        )
        for rule in rulebook.rules
    }


def reader_in(pool: ReadingPool) -> Callable[[bytes], Reading]:
    """Reads the bytes of a draft in a confined process; raises DubanError for a fault of ours."""

    def read(data: bytes) -> Reading:
        answer = pool.read(ReadJob(data=data))
        if answer.reading is None:
            raise DubanError(
                f"读取时程序自身出错，没有得出任何结论：{answer.fault}",
                f"The program itself failed while reading; nothing was concluded: {answer.fault}",
            )
        return answer.reading

    return read


def rules_at_start(rules: RulesInForce, settings: Settings, clock: SystemClock) -> Proposal:
    """The rules that hold from this start on; a line in the log where that needs a look."""
    before, packaged = rules.now(), assets.find("rules")
    given = assets.find("rules", settings.rules) if settings.rules else None
    found = rules.start(packaged, given, clock)
    if before.rulebook and found.events:
        logger.warning(
            "规则集由 %s 换为 %s：全部报告将重新判定。",
            before.rulebook,
            rules.now().rulebook,
            extra={"action": "rules_changed"},
        )
    if given is None and rules.is_kept_from(packaged, clock):
        logger.warning(
            "继续执行自行发布的规则集 %s，与本程序自带的不同；要改用自带的，"
            "请停下后运行 duban judge --packaged --data %s。",
            found.rulebook.version,
            settings.data,
            extra={"action": "own_rules_kept"},
        )
    return found


def notices(clock: SystemClock, almanac: Almanac) -> Sequence[Notice]:
    """What the front page must say above all figures now."""
    found = []
    problem = clock.problem()
    if problem is not None:
        found.append(Notice(problem.zh, problem.en))
    year = almanac.unknown_year(day_of(clock.now()))
    if year is not None:
        found.append(
            Notice(
                f"{year} 年的节假日安排尚不知道，短期逾期暂只作提示。",
                f"The public holidays of {year} are not known; "
                "until they are, a short delay is no more than a note.",
            )
        )
    return found


def notifier_of(
    plan: Plan, channels: Mapping[str, Notifier], store: EmbeddedStore, clock: SystemClock
) -> Unit:
    """The unit that tells people of the alerts that lie in a store."""
    return Notifying(
        plan, channels, AlertInbox(store.log), store.states, clock, pace=WallClock()
    )  # fmt: skip
