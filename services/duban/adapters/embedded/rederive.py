"""All conclusions derived again from the facts alone, and held against the recorded ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from duban.adapters.embedded import schema
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.conclusions_compare import Conclusions, ConclusionsComparison
from duban.adapters.embedded.crew import Recipe
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packed_step import PackedStep
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_files import SCRATCH
from duban.domain.event import EventRetried, Topic
from duban.ports import Cursor, SetAside
from duban.processors.processor import Chain

Told = Callable[[int, int], None]  # how far, of how much: positions of the history


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """What a derivation came to, up to the fact at `position`.

    `aside` are the facts that could be handled when they came, and cannot be now.
    """

    position: int
    conclusions: Conclusions
    aside: tuple[SetAside, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the same conclusions follow, with the same content."""
        return self.conclusions.is_equal and not self.aside


def derive_again(
    store: EmbeddedStore, chain: Chain, told: Told, *, recipe: Recipe | None = None
) -> Derived:
    """Derive all conclusions of the chain again, and compare; nothing recorded is changed.

    What was set aside is passed over at its place. The state is kept in a file of its own, which
    is removed at the end. `recipe` makes the same chain in worker processes.
    """
    with store.states.reading() as reader:
        cursor = reader.cursor(chain.name)
        passed = reader.passed_over(chain.name)
        end = int(reader.connection.execute("SELECT max(position) FROM event").fetchone()[0] or 0)
    unfinished = _unfinished(store.log, cursor)
    facts = _Bounded(store.history, cursor.position)
    compared = ConclusionsComparison(store.history, end, unfinished)
    with TemporaryDirectory(prefix=SCRATCH, dir=store.views.files.folder) as name:
        scratch = Database(Path(name, "state.db"), schema.SCRATCH, beside=store.history.path)
        crew = store.crew(recipe, scratch=scratch.path)
        try:
            states = _Scratch(scratch, compared)
            unit = ChainUnit(facts, states, chain, passed=passed, crew=crew)
            while unit.advance():
                told(states.cursor(chain.name).position, cursor.position)
            aside = [one for _, one in states.set_aside() if (one.position, one.key) not in passed]
        finally:
            if crew is not None:
                crew.close()
            scratch.close()
    return Derived(position=cursor.position, conclusions=compared.result(), aside=tuple(aside))


class _Bounded(SqliteEventLog):
    """The history up to a position."""

    def __init__(self, history: Database, upto: int) -> None:
        super().__init__(history, Signal())
        self._upto = upto

    def read_raw(
        self, topics: Sequence[Topic], after: int, limit: int
    ) -> list[tuple[int, str, bytes]]:
        return [row for row in super().read_raw(topics, after, limit) if row[0] <= self._upto]


class _Scratch(SqliteStateStore):
    """State of a derivation; what follows is compared, and not recorded."""

    def __init__(self, database: Database, compared: ConclusionsComparison) -> None:
        super().__init__(database, Signal())
        self._compared = compared

    def store(self, step: PackedStep) -> None:
        self._compared.take(step.events)
        super().store(msgspec.structs.replace(step, events=(), durable=False))


def _unfinished(log: SqliteEventLog, cursor: Cursor) -> str | None:
    """The event that is being told to everyone, where a program stopped in the midst of it."""
    if cursor.broadcast_after is None:
        return None
    (one,) = log.read("facts", cursor.position, 1)
    body = one.event.body
    return body.event_id if isinstance(body, EventRetried) else one.event.id
