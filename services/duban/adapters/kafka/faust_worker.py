"""One generic agent that runs any unit: Faust shares the partitions out and keeps the tables.

Faust's committed offset is only a hint. What was handled is told by the cursor of each partition
in the unit's own state: what lies before it is passed over, a jump is read from the log, and a
partition whose cursor stands still before its end is asked for again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, cast

from faust.types import TP

from duban.adapters.kafka.delivery import Delivery, Unreachable
from duban.adapters.kafka.faust_app import application_of, table_of
from duban.adapters.kafka.partition_reader import Raw, raw_of
from duban.adapters.kafka.partition_unit import Taken
from duban.adapters.kafka.publisher import Publisher
from duban.adapters.kafka.steps import Steps
from duban.adapters.kafka.topics import stream
from duban.config import KafkaSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 5.0
_ENDING_S = 20.0

Told = Callable[[str, Raw, Taken, float], None]


class FaustWorker:
    """Runs one unit until it is told to stop; `say` is told of partitions that come and go.

    Its state lies under `folder` and on the changelog topic of the unit.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        steps: Steps,
        folder: Path,
        *,
        session_s: float,
        told: Told,
        say: Callable[[str], None],
    ) -> None:
        self._settings = settings
        self._steps = steps
        self._say = say
        self._streams = {stream(settings, name): name for name in steps.streams}
        self._app = application_of(settings, steps.name, folder, session_s)
        self._table = table_of(self._app, settings.partitions)
        self._publisher = Publisher(settings, in_turn=False)
        self._delivery = Delivery(steps, self._publisher, self._table, told=told)
        self._in_hand: TP | None = None
        self._seen: dict[TP, int] = {}
        self._stop = asyncio.Event()
        self._failed: BaseException | None = None
        self._held: frozenset[int] = frozenset()
        self._wire()

    def run(self) -> None:
        """Work until SIGINT or SIGTERM; StorageError for what made it end before."""
        asyncio.run(self._run())
        if self._failed is not None:
            raise self._failed

    @property
    def held(self) -> frozenset[int]:
        """The partitions that this worker has now."""
        return self._held

    def lag(self) -> int | None:
        """How many events of its partitions are left; None where Kafka did not tell yet."""
        left = 0
        for place in self._places():
            end = self._app.consumer.highwater(place)
            if end is None:
                return None
            left += max(0, end - self._seen.get(place, 0))
        return left

    def _wire(self) -> None:
        topic = self._app.topic(
            *self._streams,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            partitions=self._settings.partitions,
        )
        self._app.agent(topic, name=self._steps.name)(self._take_all)
        self._app.timer(_LOOK_AGAIN_S)(self._look_again)
        self._app.on_partitions_assigned.connect(self._assigned, weak=False)
        self._app.on_partitions_revoked.connect(self._revoked, weak=False)

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        app = self._app
        app.in_worker = True
        starting = asyncio.create_task(app.start())
        stopping = asyncio.create_task(self._stop.wait())
        ended = asyncio.create_task(self._ended(starting))
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        ended.cancel()
        try:
            await asyncio.wait_for(app.stop(), _ENDING_S)
        except TimeoutError:
            logger.warning("%s 没能在 %g 秒内收尾", self._steps.name, _ENDING_S)
        await self._delivery.close()
        self._publisher.close()

    async def _ended(self, starting: asyncio.Task[None]) -> None:
        """Wait until the application ends by itself, which it does only for a fault."""
        try:
            await starting
            await self._app.wait_until_stopped()
        except Exception as error:
            self._fail(error)
        else:
            self._fail(self._app.crash_reason)

    def _fail(self, error: BaseException | None) -> None:
        if self._failed is None and not self._stop.is_set():
            self._failed = error or StorageError(
                "处理程序意外停止：请查看日志后重新启动。",
                "The worker stopped by itself: please look at the log and start it again.",
            )
        self._stop.set()

    async def _take_all(self, events: Any) -> None:
        async for event in events.noack().events():
            message = event.message
            place = TP(message.topic, message.partition)
            self._in_hand = place
            try:
                done = await self._take(place, message)
            except Unreachable as error:
                self._fail(StorageError(str(error)))
                return
            finally:
                self._in_hand = None
            if done:
                await events.ack(event)

    async def _take(self, place: TP, message: Any) -> bool:
        raw = raw_of(
            message.partition,
            message.offset,
            message.key,
            _headers(message.headers),
            message.value,
        )
        generation = message.generation_id

        def is_ours() -> bool:
            return (
                self._app.consumer_generation_id == generation
                and place in self._app.consumer.assignment()
            )

        done = await self._delivery.handle(self._streams[place.topic], raw, is_ours)
        if done:
            self._seen[place] = max(self._seen.get(place, 0), message.offset + 1)
        return done

    async def _look_again(self) -> None:
        """Ask again for a partition that stands still before its end: something was passed over."""
        if self._app.rebalancing or not cast("Any", self._app.tables).recovery.completed.is_set():
            return
        for place in self._places():
            end = self._app.consumer.highwater(place)
            if end is None or place == self._in_hand:
                continue
            name = self._streams[place.topic]
            cursor = self._steps.cursor(name, place.partition, self._stored)
            stood = self._seen.get(place) == cursor
            self._seen[place] = cursor
            if stood and cursor < end and self._in_hand is None:
                logger.warning(
                    "%s：%s 第 %d 分区停在 %d（末尾 %d），重新读取",
                    self._steps.name, name, place.partition, cursor, end,
                    extra={"action": "partition_read_again"},
                )  # fmt: skip
                await self._app.consumer.seek(place, cursor)

    def _stored(self, name: str) -> bytes | None:
        found: bytes | None = self._table.get(name.encode())
        return found

    def _places(self) -> list[TP]:
        """The partitions of its streams that this worker has now."""
        consumer = self._app.consumer
        return sorted(place for place in consumer.assignment() if place.topic in self._streams)

    async def _assigned(self, _: Any, /, *found: Any, **__: Any) -> None:
        places: Iterable[TP] = found[0]
        self._seen.clear()
        self._hold(one.partition for one in places if one.topic in self._streams)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        self._seen.clear()

    def _hold(self, numbers: Iterable[int]) -> None:
        held = frozenset(numbers)
        told = ", ".join(map(str, sorted(held))) or "无 / none"
        if held != self._held or not held:
            self._say(f"{self._steps.name}：分区 {told}")
        self._held = held


def _headers(found: Any) -> list[tuple[str, bytes | None]]:
    if not found:
        return []
    return list(found.items() if hasattr(found, "items") else found)
