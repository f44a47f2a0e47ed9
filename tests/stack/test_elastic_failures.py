"""A search server that is busy, cut off, restarted or refuses: nothing is lost or doubled."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from itertools import cycle, islice

import msgspec
import pytest

pytest.importorskip("elasticsearch")

from tests.stack.elastic_proxy import Fault, Proxy, proxied
from tests.stack.elastic_world import settings
from tests.stack.fetch import Programs
from tests.stack.rebuilding import answers

from duban.adapters.elastic import applying
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope, SearchQuery
from duban.errors import StorageError
from duban.ports import Recorded
from duban.testing.events import at, due, read, registered
from duban.testing.ledger import duty


@pytest.fixture
def proxy(elastic: str) -> Iterator[Proxy]:
    with proxied(elastic) as found:
        yield found


def undisturbed(wanted: ElasticSettings, recorded: list[Recorded]) -> dict[str, object]:
    """What the same events give where nothing goes wrong."""
    other = msgspec.structs.replace(wanted, prefix=f"{wanted.prefix}u-")
    with ElasticIndex(other) as index:
        index.apply(recorded)
        return answers(index)


def test_a_busy_server_and_cut_connections_lose_and_double_nothing(
    wanted: ElasticSettings, recorded: list[Recorded], proxy: Proxy
) -> None:
    expected = undisturbed(wanted, recorded)
    through = msgspec.structs.replace(wanted, url=proxy.url)
    with ElasticIndex(through) as index:
        for begin in range(0, len(recorded), 9):
            proxy.faults = list(islice(cycle(["busy", "cut after", "cut before"]), begin % 4 + 1))
            index.apply(recorded[begin : begin + 9])

        assert {"busy", "cut after", "cut before"} == set(proxy.met)
        assert answers(index) == expected


def test_what_was_written_is_shown_by_a_server_that_is_busy_or_cut_off_meanwhile(
    wanted: ElasticSettings, proxy: Proxy
) -> None:
    faults: list[Fault] = ["busy", "cut before", "cut after"] * 2
    proxy.fault = lambda path: faults.pop() if faults and "/_refresh" in path else None  # type: ignore[method-assign]
    with ElasticIndex(msgspec.structs.replace(wanted, url=proxy.url)) as index:
        index.apply([Recorded(1, registered("a"))])
        index.show()

        assert faults == []
        assert (index.position(), index.overview(Scope()).agencies) == (1, 1)


def test_a_stop_between_documents_and_state_is_mended_when_the_events_come_again(
    wanted: ElasticSettings, recorded: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = undisturbed(wanted, recorded)
    remember = applying.Applying._remember

    def dies(*_: object) -> bool:
        raise KeyboardInterrupt

    with ElasticIndex(wanted) as index:
        begin = 0
        for size in cycle((5, 2, 9, 1, 4)):  # not the batches that were stopped
            with monkeypatch.context() as patch:
                patch.setattr(applying.Applying, "_remember", dies)
                with pytest.raises(KeyboardInterrupt):
                    index.apply(recorded[begin : begin + size + 3])
            assert applying.Applying._remember is remember
            index.apply(recorded[begin : begin + size])
            begin += size
            if begin >= len(recorded):
                break

        assert answers(index) == expected


def test_two_indexers_of_the_same_keys_write_each_event_once(
    wanted: ElasticSettings, recorded: list[Recorded]
) -> None:
    expected = undisturbed(wanted, recorded)
    with ElasticIndex(wanted) as one, ElasticIndex(wanted) as other:
        one.indices.ensure()

        def take(index: ElasticIndex, size: int) -> None:
            for begin in range(0, len(recorded), size):
                index.apply(recorded[begin : begin + size])

        threads = [
            threading.Thread(target=take, args=(index, size))
            for index, size in ((one, 7), (other, 4))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        one.show()

        assert answers(one) == expected


def test_a_document_that_is_refused_is_set_aside_with_its_cause(wanted: ElasticSettings) -> None:
    events = [
        registered("a"),
        due("a", duty(3_000_000_000, "absent"), minute=2),
        read("a", 2024, "丙丁", minute=3),
    ]
    with ElasticIndex(wanted) as index:
        index.apply([Recorded(n, event) for n, event in enumerate(events, 1)])

        (aside,) = index.aside(Scope())[:1]
        assert (aside.unit, aside.key, aside.event_id) == ("indexer", "a", events[1].id)
        assert (aside.name, aside.at) == ("obligation.due", at(2))
        assert "3000000000" in aside.cause
        assert index.overview(Scope()).set_aside >= 1
        assert index.search(SearchQuery(text="丙丁")).total == 1


@pytest.mark.long
def test_a_server_restarted_in_the_middle_loses_and_doubles_nothing(
    programs: Programs, recorded: list[Recorded], prefix: str
) -> None:
    from tests.stack.elastic_server import ElasticServer

    with ElasticServer(programs) as server:
        wanted = settings(server.url, prefix)
        expected = undisturbed(wanted, recorded)
        with ElasticIndex(wanted) as index:
            index.indices.ensure()
            began, failures = threading.Event(), []

            def take() -> None:
                for begin in range(0, len(recorded), 3):
                    if begin > len(recorded) // 3:
                        began.set()
                    while True:  # as a worker does
                        try:
                            index.apply(recorded[begin : begin + 3])
                            break
                        except StorageError as error:
                            failures.append(error)
                            time.sleep(0.5)

            thread = threading.Thread(target=take)
            thread.start()
            began.wait(60)
            server.kill()
            server.start()
            thread.join()

            assert answers(index) == expected
