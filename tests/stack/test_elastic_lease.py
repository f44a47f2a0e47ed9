"""One rebuild at a time: a second says what runs, and what a killed one left hinders nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest

pytest.importorskip("elasticsearch")

from tests.stack.elastic_world import history
from tests.stack.rebuilding import Recording, told

from duban.adapters.elastic import elastic_index, lease
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.rebuild import rebuild
from duban.adapters.embedded.store import EmbeddedStore
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.errors import StorageError
from duban.testing.events import registered

_HOLDS = """
import sys, time
from duban.adapters.elastic.client import connected
from duban.adapters.elastic.lease import Lease
from duban.config import ElasticSettings
found = ElasticSettings(url=sys.argv[1], prefix=sys.argv[2])
with Lease(connected(found), found):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def killed(wanted: ElasticSettings, index: ElasticIndex) -> int:
    """The process of a rebuild that was killed while indexers waited for it."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDS, wanted.url, wanted.prefix], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        current = index.indices.current()
        assert current is not None
        index.indices.make(current.number + 1)
        index.indices.block(current)
        process.send_signal(signal.SIGKILL)
    return process.pid


def test_a_second_rebuild_says_in_one_line_what_runs_since_when_and_what_to_do(
    index: ElasticIndex,
    wanted: ElasticSettings,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "BEAT_S", 0.2)
    refused: list[str] = []

    def second() -> None:
        with pytest.raises(StorageError) as raised:
            rebuild(wanted, Recording(store), told=told)
        refused.append(str(raised.value))

    recording = Recording(store)
    recording.meanwhile = [second]

    assert rebuild(wanted, recording, told=told).is_exchanged

    (said,) = refused
    assert f"进程 {os.getpid()}" in said
    assert f"始于 {time.localtime().tm_year}" in said
    assert "40 秒后再运行" in said
    assert "\n" not in said
    assert rebuild(wanted, Recording(store), told=told).is_exchanged  # nothing is left of it


def test_a_killed_rebuild_hinders_the_next_for_a_moment_only(
    killed: int,
    index: ElasticIndex,
    wanted: ElasticSettings,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "SILENT_S", 1.0)

    assert rebuild(wanted, Recording(store), told=told).is_exchanged

    assert index.indices.others(index.indices.current()) == []


def test_indexers_go_on_by_themselves_after_a_rebuild_was_killed(
    killed: int,
    index: ElasticIndex,
    wanted: ElasticSettings,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "SILENT_S", 1.0)
    monkeypatch.setattr(elastic_index, "_BLOCKED_S", 1.0)
    store.log.append([registered("late")])

    index.apply(history(store)[-1:])

    assert index.agency("late", Scope()) is not None
    assert index.indices.others(index.indices.current()) == []


def test_a_rebuild_that_stood_still_and_was_taken_over_exchanges_nothing(
    index: ElasticIndex,
    wanted: ElasticSettings,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "BEAT_S", 600.0)  # as if it stood still
    monkeypatch.setattr(lease, "SILENT_S", 1.0)
    taken_over: list[object] = []

    def second() -> None:
        taken_over.append(rebuild(wanted, Recording(store), told=told))
        taken_over.append(index.indices.current())

    recording = Recording(store)
    recording.meanwhile = [lambda: None, second]  # before what came meanwhile is asked for

    with pytest.raises(StorageError, match="接管"):
        rebuild(wanted, recording, told=told)

    assert index.indices.current() == taken_over[1]
    assert index.indices.others(index.indices.current()) == []
    index.apply(history(store))


def test_the_lease_of_one_who_lives_is_not_taken_however_long_another_waits(
    wanted: ElasticSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duban.adapters.elastic.client import connected

    monkeypatch.setattr(lease, "BEAT_S", 0.1)
    monkeypatch.setattr(lease, "SILENT_S", 5.0)
    client = connected(wanted)
    refused = threading.Event()

    def wait() -> None:
        with pytest.raises(lease.BusyError), lease.Lease(client, wanted):
            pass
        refused.set()

    with lease.Lease(client, wanted) as held:
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(30)
        held.renew()
    assert refused.is_set()
    client.close()
