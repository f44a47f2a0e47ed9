"""Parts of Faust that wait for less: what it waits for at a start is there already."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from typing import Any, cast

import aiokafka
from faust import Table
from faust.app.base import App
from faust.tables import TableManager
from faust.tables.recovery import Recovery
from faust.transport.drivers.aiokafka import AIOKafkaConsumerThread, Consumer, Transport
from faust.types import TP, EventT
from faust.types.transports import ConsumerT
from mode.threads import WorkerThread

_LONGEST_FETCH_MS = 250
_WORTH_A_FETCH = 256 * 1024  # bytes; less than that waits for more, but never longer
_ENDING_S = 10.0  # a Kafka that does not answer is not waited for longer
_LOOK_S = 0.01


class _Ending(WorkerThread):
    """Holds nobody up: neither the loop that ends it for long, nor the end of the process."""

    def __init__(self, service: AIOKafkaConsumerThread) -> None:
        super().__init__(service)
        self.daemon = True

    def stop(self) -> None:
        self.join(_ENDING_S)


class _Thread(AIOKafkaConsumerThread):
    """Lets Kafka hold a fetch back less long where there is nothing to fetch, or little.

    What comes one by one is so fetched together, and written together. Requests of a connection
    are answered one after another, so that whoever asks for offsets meanwhile waits; and a
    partition whose messages are all taken is in the next fetch only.
    """

    Worker = _Ending
    shutdown_timeout = _ENDING_S

    async def stop(self) -> None:
        """End it, also where it was begun and does not run yet: Faust would let it go on."""
        while self._thread is not None and self._thread.is_alive() and not self._started.is_set():
            await asyncio.sleep(_LOOK_S)
        with contextlib.suppress(TimeoutError):
            await super().stop()

    def _create_worker_consumer(self, transport: Transport) -> aiokafka.AIOKafkaConsumer:
        made = super()._create_worker_consumer(transport)
        made._fetch_max_wait_ms = _LONGEST_FETCH_MS  # noqa: SLF001 - Faust fixes it at 1.5 s
        made._fetch_min_bytes = _WORTH_A_FETCH  # noqa: SLF001 - and has no setting for it
        return made

    def holds(self, places: Collection[TP]) -> bool:
        """Whether all are assigned now; Faust's own answer is a new set of all there are."""
        held = self._ensure_consumer().assignment()
        return all(place in held for place in places)


class _Consumer(Consumer):
    def _new_consumer_thread(self) -> AIOKafkaConsumerThread:
        return _Thread(self, loop=self.loop, beacon=self.beacon)

    def holds(self, places: Collection[TP]) -> bool:
        """Whether all are assigned now."""
        return cast("_Thread", self._thread).holds(places)


class _Transport(Transport):
    Consumer = _Consumer


class Kept(Table[Any, Any]):
    """A table that Faust opens and shares out, and does not write to.

    Faust applies what it fetched of a changelog whenever it comes to that: also once the table is
    filled and in use, over what is newer, and up to the middle of a step. Whoever uses the table
    fills it.
    """

    def apply_changelog_batch(self, batch: Iterable[EventT[Any]]) -> None:
        """Leave the table as it is."""


class _Recovery(Recovery):
    """Finds that there is nothing to read: tables are filled by those who use them."""

    async def _build_offsets(
        self, consumer: ConsumerT, tps: set[TP], destination: Counter[TP], title: str
    ) -> None:
        for place in tps:
            destination[place] = self.active_highwaters[place]


class Tables(TableManager):
    """Opens the tables at once: all are declared before the application starts.

    `ready` is called whenever partitions were shared out and messages flow; not where they were
    shared out again meanwhile.
    """

    ready: Callable[[], object] | None = None

    @property
    def recovery(self) -> Recovery:
        if self._recovery is None:
            self._recovery = _Recovery(self.app, self, beacon=self.beacon, loop=self.loop)
        return self._recovery

    async def on_start(self) -> None:
        await self._update_channels()
        await self.recovery.start()

    def on_actives_ready(self) -> None:
        super().on_actives_ready()
        if self.ready is not None and not self.recovery.signal_recovery_start.is_set():
            self.ready()


def prompt(app: App) -> App:
    """An application that has this way to Kafka."""
    app.transport = _Transport(app.conf.broker_consumer, app)
    return app
