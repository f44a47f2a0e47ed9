"""One generic agent that runs any unit: Faust shares the partitions out and keeps the tables.

Faust's committed offset is only a hint. What was handled is told by the cursor of each partition
in the unit's own state: what lies before it is passed over, a jump is read from the log, and a
partition whose cursor stands still before its end is asked for again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any, cast

from aiokafka.errors import IllegalStateError
from faust.types import TP

from duban.adapters.kafka.contact import Contact
from duban.adapters.kafka.delivery import Delivery, Told
from duban.adapters.kafka.ending import in_words, within
from duban.adapters.kafka.faust_app import application_of, producer_of, table_of
from duban.adapters.kafka.faust_parts import Tables
from duban.adapters.kafka.filling import Filling
from duban.adapters.kafka.lanes import Lanes
from duban.adapters.kafka.origin import Check, OtherTopicsError
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, raw_of
from duban.adapters.kafka.pulse import Pulse
from duban.adapters.kafka.state_table import StateTable
from duban.adapters.kafka.steps import Steps
from duban.adapters.kafka.topics import stream
from duban.adapters.kafka.worker_producer import WorkerProducer
from duban.config import KafkaSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 5.0
_LAST_LOOK_S = 10.0  # whoever runs it may wait a minute only for its end
_ENDING_S = 20.0


class FaustWorker:
    """Runs one unit until it is told to stop; `say` is told of partitions that come and go.

    Its state lies under `folder` and on the changelog topic of the unit. `check` raises where the
    topics are others than those that this state speaks of: then nothing is written and it ends.
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
        check: Check = lambda within_s: None,
    ) -> None:
        self._settings = settings
        self._steps = steps
        self._say = say
        self._check = check
        self._streams = {stream(settings, name): name for name in steps.streams}
        self._app = application_of(settings, steps.name, folder, session_s)
        table = table_of(self._app, settings.partitions)
        self._producer = WorkerProducer(settings, lambda: producer_of(settings), check)
        self._reader = PartitionReader(settings)
        self._table = StateTable(
            settings, steps.name, table, self._producer, self._reader, generation=self._generation
        )
        self._delivery = Delivery(steps, self._producer, self._table, told=told, check=check)
        self._lanes: Lanes[Any] = Lanes(
            self._take, self._fail, steps.batch, steps.waiting, steps.every_s
        )
        self._pulse = Pulse(session_s)
        self._filling = Filling(
            self._table, generation=self._generation, is_sure=self._pulse.is_sure
        )
        self._contact = Contact(steps.name)
        self._stood: dict[TP, int] = {}
        self._left: dict[tuple[str, int], int] = {}
        self._stop = asyncio.Event()
        self._failed: BaseException | None = None
        self._held: frozenset[int] = frozenset()
        self._wire()

    def run(self) -> None:
        """Work until SIGINT or SIGTERM; StorageError for what made it end before."""
        asyncio.run(self._run())
        if self._failed is not None:
            raise in_words(self._settings, self._steps.name, self._failed)

    def has_partitions(self) -> bool:
        """Whether partitions were given to this worker and their state is in place."""
        return bool(self._held) and self._filling.is_ready()

    def has_failed(self) -> bool:
        """Whether it had to end by itself."""
        return self._failed is not None

    def reaches_kafka(self) -> bool:
        """Whether Kafka answered when it was asked last, a few seconds ago."""
        return self._contact.is_there

    def left(self) -> dict[tuple[str, int], int]:
        """How many events were left a few seconds ago, by stream and partition."""
        return self._left

    def _wire(self) -> None:
        topic = self._app.topic(
            *self._streams,
            key_type=bytes,
            value_type=bytes,
            key_serializer="raw",
            value_serializer="raw",
            partitions=self._settings.partitions,
        )
        self._app.agent(topic, name=self._steps.name)(self._receive)
        self._app.timer(_LOOK_AGAIN_S)(self._look_again)
        self._app.on_partitions_assigned.connect(self._assigned, weak=False)
        self._app.on_partitions_revoked.connect(self._revoked, weak=False)
        cast("Tables", self._app.tables).ready = self._shared_out

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        self._app.in_worker = True
        beating = asyncio.create_task(self._pulse.beat())
        asking = asyncio.create_task(self._ask())
        starting = asyncio.create_task(self._app.start())
        stopping = asyncio.create_task(self._stop.wait())
        ended = asyncio.create_task(self._ended(starting))
        await asyncio.wait({stopping, ended}, return_when=asyncio.FIRST_COMPLETED)
        for task in (asking, stopping, ended):
            task.cancel()
        await self._lanes.close()  # before the tables that they write
        await within(_LAST_LOOK_S, self._look_over(), self._steps.name)
        beating.cancel()
        await within(_ENDING_S, self._app.stop(), self._steps.name)
        await self._delivery.close()
        await self._producer.close()
        await asyncio.to_thread(self._reader.close)

    async def _ask(self) -> None:
        """Ask Kafka every few seconds whether it is there, and its topics the same.

        Its clients wait for it in silence, and pass over what topics hold that were made anew.
        """
        while True:
            await asyncio.sleep(_LOOK_AGAIN_S)
            try:
                await asyncio.to_thread(self._check, 0.0)
                await asyncio.to_thread(self._reader.ends, self._steps.streams[0])
            except StorageError as error:
                self._contact.lost(error)
            except OtherTopicsError as error:
                self._fail(error)
            else:
                self._contact.had()

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

    async def _receive(self, events: Any) -> None:
        async for event in events.noack().events():
            await self._lanes.put(event.message.partition, (events, event))

    async def _take(self, received: list[tuple[Any, Any]]) -> None:
        """Take some messages of one partition number, and acknowledge them once all is stored.

        None before the tables are as the changelog has them: Faust may let messages through as
        soon as partitions are shared out. They are fetched again then.
        """
        messages = [event.message for _, event in received]
        generations = {one.generation_id for one in messages}
        places = {one.tp for one in messages}
        consumer = cast("Any", self._app.consumer)

        def is_ours() -> bool:
            is_same = generations == {self._generation()} and self._filling.is_ready()
            return is_same and self._pulse.is_sure() and bool(consumer.holds(places))

        if await self._delivery.handle([self._raw(one) for one in messages], is_ours):
            for events, event in received:
                await events.ack(event)

    def _raw(self, message: Any) -> Raw:
        place = message.partition, message.offset
        headers = _headers(message.headers)
        return raw_of(self._streams[message.topic], *place, message.key, headers, message.value)

    async def _look_again(self) -> None:
        """Ask again for a partition that stands still before its end: something was passed over."""
        if not self.has_partitions():
            return
        left = {}
        for place in self._places():
            end = self._app.consumer.highwater(place)
            if end is None:  # Kafka did not tell yet
                continue
            name, number = self._streams[place.topic], place.partition
            cursor = self._steps.cursor(name, number, partial(self._table.get, number))
            left[name, number] = max(0, end - cursor)
            stood = self._stood.get(place) == cursor
            self._stood[place] = cursor
            is_waiting = self._lanes.is_full or self._lanes.is_busy(number)
            if stood and cursor < end and not is_waiting:
                logger.warning(
                    "%s：%s 第 %d 分区停在 %d（末尾 %d），重新读取",
                    self._steps.name, name, number, cursor, end,
                    extra={"action": "partition_read_again"},
                )  # fmt: skip
                await self._seek(place, cursor)
        self._left = left
        await self._look_over()

    async def _look_over(self) -> None:
        """Write over what a worker wrote late that these partitions were taken from."""
        generation = self._generation()

        def is_ours() -> bool:
            is_same = generation == self._generation() and self._filling.is_ready()
            return is_same and self._pulse.is_sure()

        quiet = [number for number in sorted(self._held) if not self._lanes.is_busy(number)]
        if not quiet or not is_ours():
            return
        try:
            await self._table.look_over(quiet, is_ours)
        except (StorageError, OtherTopicsError) as error:  # the next look comes soon
            logger.info("%s", error, extra={"action": "state_not_looked_over"})

    def _generation(self) -> int:
        return self._app.consumer_generation_id

    def _shared_out(self) -> None:
        self._app.add_future(self._begin())

    async def _begin(self) -> None:
        """Fill the tables, then go to the cursor of each partition: what came before is dropped."""
        places = self._places()
        try:
            is_ready = await self._filling.fill({place.partition for place in places})
        except (StorageError, OtherTopicsError) as error:
            self._fail(error)
            return
        for place in places if is_ready else ():
            name, number = self._streams[place.topic], place.partition
            kept = partial(self._table.get, number)
            await self._seek(place, self._steps.cursor(name, number, kept))

    async def _seek(self, place: TP, offset: int) -> None:
        with contextlib.suppress(IllegalStateError):  # it was taken away meanwhile
            await self._app.consumer.seek(place, offset)

    def _places(self) -> list[TP]:
        """The partitions of its streams that this worker has now."""
        consumer = self._app.consumer
        return sorted(place for place in consumer.assignment() if place.topic in self._streams)

    async def _revoked(self, *_: Any, **__: Any) -> None:
        """Leave partitions as they are kept here: a late worker writes before it comes back."""
        await self._look_over()
        self._filling.taken_away()

    async def _assigned(self, _: Any, /, *found: Any, **__: Any) -> None:
        places: Iterable[TP] = found[0]
        self._filling.given()
        self._stood.clear()
        self._left = {}
        held = frozenset(one.partition for one in places if one.topic in self._streams)
        if held != self._held or not held:
            told = ", ".join(map(str, sorted(held))) or "无 / none"
            self._say(f"{self._steps.name}：分区 / partitions {told}")
        self._held = held


def _headers(found: Any) -> list[tuple[str, bytes | None]]:
    if not found:
        return []
    return list(found.items() if hasattr(found, "items") else found)
