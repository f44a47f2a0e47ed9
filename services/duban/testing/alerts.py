"""Alerts for tests, and an office that is told of them through a folder."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from duban.adapters.embedded.alert_inbox import AlertInbox
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.notify.file_channel import LINES, FileChannel
from duban.domain import event as events
from duban.domain.alert import AlertKind, AlertLine, Silence
from duban.domain.event import Because, Event, MessageDelivered, derived_id, record
from duban.domain.message import Message
from duban.domain.severity import Severity
from duban.errors import NotifyError
from duban.notifying.notifier import Notifying
from duban.notifying.plan import Channel, Plan, Route
from duban.ports import Notifier
from duban.testing.clock import MovableClock
from duban.testing.events import at, sha256

WINDOW = timedelta(minutes=10)


def fault(rule: str, severity: Severity = "error", grounds: str = "1") -> AlertLine:
    """A fault of a rule."""
    return AlertLine(
        fingerprint=sha256(rule)[:16],
        evidence=grounds,
        rule=rule,
        severity=severity,
        message=f"{rule}不符，实为 {grounds}。",
        message_en=f"{rule} does not hold: {grounds}.",
        cells=("applications.new_received.total",),
    )


def alerted(
    agency_id: str,
    revision: int,
    *lines: AlertLine,
    kind: AlertKind = "report",
    year: int = 2024,
    quiet: bool = False,
    because: Because = "revised",
    parent: str = "county",
    region: str = "甲县",
) -> Event:
    """An alert as it stands at a revision; without lines it is resolved."""
    cls = events.AlertResolved if not lines else events.AlertOpened
    if lines and revision > 1:
        cls = events.AlertChanged
    shown = lines or (fault("SUM"),)
    body = cls(
        agency_id=agency_id,
        year=year,
        kind=kind,
        revision=revision,
        agency=f"{agency_id}县财政局",
        region=region,
        parent=parent,
        severity="error" if any(one.severity == "error" for one in shown) else "warning",
        because="reread" if quiet else because,
        quiet=quiet,
        since=at(0),
        lines=shown,
        url=f"http://gov/{agency_id}",
        due_on=f"{year + 1}-01-31",
    )
    fact_id = derived_id(f"{agency_id}/{year}/{kind}", "test", str(revision))
    return record(body, id=fact_id, at=at(revision))


def silenced(silence_id: str, until: datetime, **limits: object) -> Event:
    """Somebody keeps some alerts quiet."""
    one = Silence(id=silence_id, by="王主任", reason="机构改革", until=until, **limits)  # type: ignore[arg-type]
    return record(events.SilenceSet(silence=one), id=silence_id, at=at(0))


def lifted(silence_id: str) -> Event:
    """A silence ends before its time."""
    body = events.SilenceLifted(silence_id=silence_id, by="王主任")
    return record(body, id=f"{silence_id}/lifted", at=at(0))


class Breakable:
    """A channel that can be made to refuse."""

    def __init__(self, channel: Notifier) -> None:
        self._channel = channel
        self.is_broken = False
        self.asked = 0

    def send(self, message: Message) -> None:
        self.asked += 1
        if self.is_broken:
            raise NotifyError("对方没有接受。")
        self._channel.send(message)


class Telling:
    """An office with a store of its own, a clock to move, and a folder that messages come to."""

    def __init__(self, folder: Path, store: EmbeddedStore, *routes: Route, most: int = 6) -> None:
        self.store = store
        self.clock = MovableClock()
        self._folder = folder
        self.plan = Plan(
            channels=(Channel(name="目录", folder=folder),),
            routes=routes or (Route(name="全部", channel="目录"),),
            window=WINDOW,
            repeat=timedelta(days=7),
            most=most,
            page="http://duban.local",
        )
        self.channel = Breakable(FileChannel(folder))
        self.start()

    def start(self, plan: Plan | None = None) -> None:
        """A program that starts here; one that ran before is gone."""
        self.plan = plan or self.plan
        self.notifying = Notifying(
            self.plan,
            {channel.name: self.channel for channel in self.plan.channels},
            AlertInbox(self.store.log),
            self.store.states,
            self.clock,
        )

    def take(self, *given: Event) -> None:
        """Record events and let the notifier do all it can do now."""
        self.store.log.append(given)
        self.run()

    def run(self) -> None:
        """Let the notifier do all it can do now."""
        while self.notifying.advance():
            pass

    def pass_(self, by: timedelta) -> None:
        """Time passes, and the notifier does what it can do then."""
        self.clock.move(by)
        self.run()

    def messages(self) -> list[Message]:
        """All that came, in the order in which it was sent."""
        path = self._folder / LINES
        lines = path.read_text("utf-8").splitlines() if path.exists() else []
        return [msgspec.json.decode(line, type=Message) for line in lines]

    def subjects(self) -> list[str]:
        """What the messages are about, without the mark of the program."""
        return [one.subject.removeprefix("【督办】") for one in self.messages()]

    def receipts(self) -> Sequence[MessageDelivered]:
        """The facts that messages were delivered."""
        found = (one.event.body for one in self.store.log.read("alerts", limit=100_000))
        return [body for body in found if isinstance(body, MessageDelivered)]
