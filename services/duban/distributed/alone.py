"""One process at a time: a second crawler or notifier on the same Kafka is told so, and ends."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer
from kafka.admin import KafkaAdminClient, MemberToRemove
from kafka.coordinator.assignors.abstract import (
    AbstractPartitionAssignor,
    ConsumerProtocolAssignment,
    ConsumerProtocolSubscription,
)
from kafka.errors import KafkaError

from duban.adapters.kafka.connection import administration, options, reach
from duban.adapters.kafka.failure import told
from duban.adapters.kafka.topics import stream
from duban.config import PARTS_ZH, KafkaSettings
from duban.errors import DubanError, StorageError, UsageError

logger = logging.getLogger(__name__)

SESSION_S = 10.0  # of silence, after which a process counts as gone
_PATIENCE_S = 2 * SESSION_S + 5  # one that was killed is waited for
_LOOK_EVERY_S = 0.5
_TOPIC = "aside"  # any that is nearly empty: nothing is read of it
_HOLDS = b"1"


def group_of(settings: KafkaSettings, part: str) -> str:
    """The consumer group whose one member with partitions is the one process of a part."""
    return f"{settings.prefix}edge-{part}"


class Alone:
    """Holds the place of one part of the edge for a block, among all processes on a Kafka.

    `folder` is held by this process alone: one of it that was killed is succeeded at once.
    UsageError where another process holds the place and goes on; `error` is set when the place was
    lost to one while this one stood still. Kafka being away changes nothing.
    """

    def __init__(self, settings: KafkaSettings, part: str, folder: Path) -> None:
        self.error: DubanError | None = None
        self._settings = settings
        self._part = part
        self._group = group_of(settings, part)
        self._name = f"{settings.prefix}{part}@{socket.gethostname()}:{folder.resolve()}"
        self._assignor = Incumbent()
        self._stopping = threading.Event()
        reach(settings)
        with told(settings):
            self._consumer: Any = KafkaConsumer(
                **{**options(settings), "client_id": self._name},
                group_id=self._group,
                partition_assignment_strategy=[self._assignor],
                session_timeout_ms=int(SESSION_S * 1000),
                heartbeat_interval_ms=int(SESSION_S * 1000 / 4),
                enable_auto_commit=False,
                auto_offset_reset="latest",
                allow_auto_create_topics=False,
                max_poll_records=1,
            )
        self._thread = threading.Thread(target=self._run, name=f"alone-{part}", daemon=True)

    def __enter__(self) -> Self:
        try:
            self._take()
        except BaseException:
            self._consumer.close(autocommit=False)
            raise
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopping.set()
        self._thread.join()
        with contextlib.suppress(KafkaError):
            self._consumer.close(autocommit=False)

    def _take(self) -> None:
        """Wait until the place is ours; UsageError where another one keeps it."""
        self._bury()
        self._consumer.subscribe([stream(self._settings, _TOPIC)])
        began, is_told = time.monotonic(), False
        while not self._assignor.holds:
            with told(self._settings):
                self._look()
            waited = time.monotonic() - began
            if waited > _PATIENCE_S:
                raise self._refused()
            if self._assignor.is_refused and not is_told:
                is_told = True
                logger.warning(
                    "另一个%s进程似乎在运行，等它停下（最多 %d 秒）",
                    PARTS_ZH[self._part], _PATIENCE_S - waited,
                    extra={"action": "place_awaited", "part": self._part},
                )  # fmt: skip

    def _bury(self) -> None:
        """End the membership of a process of this folder that cannot do it any more."""
        with administration(self._settings) as client, told(self._settings):
            dead = [
                MemberToRemove(member_id=one["member_id"])
                for one in self._members(client)
                if one["client_id"] == self._name
            ]
            if dead:
                client.remove_group_members(self._group, dead)

    def _members(self, client: KafkaAdminClient) -> Sequence[Mapping[str, str]]:
        if self._group not in {one["group_id"] for one in client.list_groups()}:
            return ()  # on a new Kafka nobody coordinates groups yet
        found: Mapping[str, Any] = client.describe_groups([self._group])[self._group]
        return found["members"] or ()

    def _look(self) -> None:
        """Stay in the group; nothing is read."""
        self._consumer.poll(timeout_ms=int(_LOOK_EVERY_S * 1000))
        self._consumer.pause(*self._consumer.assignment())

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._look()
            except KafkaError as error:  # who forwards tells of it; the place stays ours meanwhile
                logger.info("%s", error, extra={"action": "place_not_known", "part": self._part})
                self._stopping.wait(_LOOK_EVERY_S)
            if self._assignor.is_refused:
                self.error = self._lost(self._other())
            if self.error is not None:
                logger.critical("%s", self.error, extra={"action": "place_lost"})
                return

    def _refused(self) -> DubanError:
        if not self._assignor.is_refused:
            return StorageError(
                f"Kafka 在 {_PATIENCE_S:.0f} 秒内没有让本进程加入消费组 {self._group}："
                "请查看 Kafka 的日志。",
                f"Kafka did not let this process into the consumer group {self._group} within "
                f"{_PATIENCE_S:.0f} s: please look at the logs of Kafka.",
            )
        other = self._other()
        return UsageError(
            f"另一个{PARTS_ZH[self._part]}进程（{other}）正在运行，同一个前缀 "
            f"{self._settings.prefix} 下只能有一个：请先停掉它。",
            f"Another {self._part} runs ({other}), and there can be one only under the prefix "
            f"{self._settings.prefix}: please end it first.",
        )

    def _lost(self, other: str) -> UsageError:
        return UsageError(
            f"另一个{PARTS_ZH[self._part]}进程（{other}）已经接手，本进程结束：只能运行一个。",
            f"Another {self._part} ({other}) has taken over, so this one ends: there can be one "
            "only.",
        )

    def _other(self) -> str:
        """What the other process calls itself, and its address; "?" where that cannot be had."""
        with (
            contextlib.suppress(DubanError),
            administration(self._settings) as client,
            told(self._settings),
        ):
            for one in self._members(client):
                if one["client_id"] != self._name:
                    return f"{one['client_id']}, {one['client_host'].strip('/')}"
        return "?"


class Incumbent(AbstractPartitionAssignor):  # type: ignore[misc]  # kafka-python has no types
    """Gives everything to one member: the one that has it, else the first.

    `holds` says whether that is this process, `is_refused` whether it is another.
    """

    name = "duban-incumbent"
    version = 0

    def __init__(self) -> None:
        self.holds = False
        self.is_refused = False

    def metadata(self, topics: Sequence[str]) -> Any:
        """What this member tells of itself when it joins."""
        mark = _HOLDS if self.holds else b""
        return ConsumerProtocolSubscription(self.version, sorted(topics), mark)

    def assign(self, cluster: Any, members: Sequence[Any]) -> Mapping[str, Any]:
        """Called for the one member that shares out for all."""
        first = min(members, key=lambda one: (one.metadata.user_data != _HOLDS, one.member_id))
        topics = sorted({topic for one in members for topic in one.metadata.topics})
        places = [(topic, sorted(cluster.partitions_for_topic(topic) or ())) for topic in topics]
        return {
            one.member_id: ConsumerProtocolAssignment(
                self.version, places if one is first else [], b""
            )
            for one in members
        }

    def on_assignment(self, assignment: Any, generation: int) -> None:
        """Called for every member with what it was given."""
        self.holds = bool(assignment.partitions())
        self.is_refused = not self.holds
