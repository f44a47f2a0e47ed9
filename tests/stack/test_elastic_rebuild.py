"""Indices built anew beside those in use, from the history, while they go on being read."""

from __future__ import annotations

import threading

import msgspec
import pytest

pytest.importorskip("elasticsearch")
pytest.importorskip("kafka")

from tests.stack.elastic_world import history
from tests.stack.kafka_topics import STREAMS, made_topics
from tests.stack.office import chain, facts
from tests.stack.rebuilding import Recording, answers, spoil, told, wait_until
from tests.stack.replay import Replay

from duban.adapters.elastic.applying import Applying
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS
from duban.adapters.elastic.rebuild import Rebuilt, rebuild
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.merged_history import MergedHistory
from duban.adapters.kafka.publisher import Publisher
from duban.config import ElasticSettings
from duban.domain.view import Scope, SearchQuery
from duban.errors import StorageError
from duban.ports import Recorded, SetAside
from duban.testing.events import posted, read, registered


def test_what_is_built_anew_is_what_was_shown_and_takes_its_place(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    before, first = answers(index), index.indices.current()
    index.set_aside(SetAside(3, "a1", "e", "坏的"), unit="agency", name="report.read")
    assert first is not None

    rebuilt = rebuild(wanted, Recording(store), told=told)

    after = index.indices.current()
    assert after is not None
    assert (rebuilt.is_equal, rebuilt.is_exchanged) == (True, True)
    assert {one.kind: one.before for one in rebuilt.kinds}["findings"] > 5
    assert all(mine == theirs for mine, theirs in rebuilt.past.values())
    assert (after.number, index.indices.others(after)) == (first.number + 1, [])
    assert len(index.aside(Scope())) == 1
    index.set_aside(SetAside(3, "a1", "e", "坏的", 9), unit="agency", name="report.read")
    assert answers(index) == before


def test_what_the_old_set_could_not_take_is_not_said_of_the_new_one(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    index.set_aside(SetAside(3, "a1", "e", "坏的"), name="report.read")

    rebuilt = rebuild(wanted, Recording(store), told=told, accept=True)

    assert (rebuilt.is_equal, rebuilt.is_exchanged) == (False, True)
    assert index.aside(Scope()) == []


def test_what_is_filled_is_written_once_and_seldom_and_is_as_any_other_when_it_is_read(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    first = index.indices.current()
    assert first is not None
    filling: list[object] = []

    def look(*_: int) -> None:
        filling.extend(_settings(index, one) for one in index.indices.others(first))

    assert rebuild(wanted, Recording(store), told=look).is_exchanged

    after = index.indices.current()
    assert after is not None
    assert filling[0] == ("0", "false", "-1", "async")
    assert _settings(index, after) == ("0", "0-1", "5s", None)  # a node alone has no copies


def _settings(index: ElasticIndex, generation: Generation) -> tuple[object, ...]:
    name = generation.index("readings")
    found = index._client.indices.get_settings(index=name)[name]["settings"]["index"]
    return (
        found["number_of_replicas"],
        found["auto_expand_replicas"],
        found["refresh_interval"],
        found.get("translog", {}).get("durability"),
    )


def test_what_differs_is_told_and_nothing_is_exchanged(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    spoil(index, "a1", "新局")
    before, first = answers(index), index.indices.current()

    rebuilt = rebuild(wanted, Recording(store), told=told)

    kinds = {one.kind: one for one in rebuilt.kinds}
    assert (rebuilt.is_equal, rebuilt.is_exchanged) == (False, False)
    assert (kinds["agencies"].changed, kinds["agencies"].missing) == (1, 0)
    assert "新局" in (kinds["agencies"].first[0].before or "")
    assert index.indices.current() == first
    assert index.indices.others(first) == []
    assert answers(index) == before
    store.log.append([registered("new", "新局")])
    index.apply(history(store))  # it may be written again
    assert index.agency("new", Scope()) is not None


def test_what_the_indexers_have_yet_to_take_is_told_apart_and_no_difference(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    store.log.append([registered("new", "新局"), read("a2", 2021, "甲乙", minute=9)])

    rebuilt = rebuild(wanted, Recording(store), told=told)

    assert (rebuilt.is_equal, rebuilt.is_exchanged) == (True, True)
    assert rebuilt.untaken > 2
    assert {one.kind: one.after for one in rebuilt.kinds}["agencies"] == 8  # not a2, not the new
    assert index.agency("new", Scope()) is not None


def test_a_difference_is_told_also_while_the_indexers_have_events_to_take(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    spoil(index, "a1", "新局")
    store.log.append([registered("new", "新局")])

    rebuilt = rebuild(wanted, Recording(store), told=told)

    assert (rebuilt.is_equal, rebuilt.is_exchanged, rebuilt.untaken) == (False, False, 1)


def test_what_differs_is_exchanged_where_that_is_accepted(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    store.log.append([registered("new", "新局")])

    assert rebuild(wanted, Recording(store), told=told, accept=True).is_exchanged

    assert index.agency("new", Scope()) is not None


def test_nothing_is_exchanged_where_only_a_check_is_asked_for(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    first = index.indices.current()

    rebuilt = rebuild(wanted, Recording(store), told=told, exchange=False)

    assert (rebuilt.is_equal, rebuilt.is_exchanged) == (True, False)
    assert index.indices.current() == first


def test_what_is_taken_in_meanwhile_is_in_the_new_indices(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    ended, failures, counts = threading.Event(), [], []

    def ask() -> None:
        while not ended.is_set():
            try:
                counts.append(index.overview(Scope()).agencies)
            except StorageError as error:
                failures.append(error)

    def late(number: int) -> None:
        store.log.append([registered(f"late{number}")])

    recording = Recording(store)
    waiting = threading.Thread(target=lambda: index.apply(history(store)))
    # While the first filling goes on the indexer goes ahead; then it must wait for the exchange.
    recording.meanwhile = [
        lambda: (late(1), index.apply(history(store))),
        lambda: (late(2), waiting.start(), waiting.join(0.5)),
    ]
    asking = threading.Thread(target=ask)
    asking.start()
    before = index.overview(Scope()).agencies

    rebuilt = rebuild(wanted, recording, told=told, accept=True)

    waiting.join(30)
    index.show()
    assert rebuilt.is_exchanged
    assert index.overview(Scope()).agencies == before + 2
    ended.set()
    asking.join()
    assert failures == []
    assert counts == sorted(counts)


def test_a_killed_rebuild_leaves_nothing_that_the_next_does_not_remove(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    first = index.indices.current()
    assert first is not None
    index.indices.block(first)  # what a kill may leave
    index.indices.make(first.number + 1)
    recording = Recording(store)
    recording.meanwhile = [lambda: 1 / 0]
    with pytest.raises(ZeroDivisionError):
        rebuild(wanted, recording, told=told)
    assert index.indices.current() == first
    assert index.indices.others(first) == []

    assert rebuild(wanted, Recording(store), told=told).is_exchanged


def test_nothing_written_at_any_moment_of_a_rebuild_is_lost(
    index: ElasticIndex, wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    ended, written = threading.Event(), []

    def write() -> None:
        while not ended.is_set():
            name = f"late{len(written)}"
            store.log.append([registered(name)])
            index.apply(history(store)[-1:])
            written.append(name)

    writing = threading.Thread(target=write)
    recording = Recording(store)
    recording.meanwhile = [lambda: (writing.start(), wait_until(lambda: len(written) > 2))]
    first = index.indices.current()

    rebuilt = rebuild(wanted, recording, told=told, accept=True)

    after, before_exchange = index.indices.current(), len(written)
    wait_until(lambda: len(written) > before_exchange + 2)
    ended.set()
    writing.join(60)
    index.show()
    assert rebuilt.is_exchanged
    assert first != after
    assert {row.agency.id for name in written if (row := index.agency(name, Scope()))} == {*written}
    assert index.indices.others(after) == []


def test_a_writer_that_stood_still_through_an_exchange_makes_no_index_and_loses_nothing(
    index: ElasticIndex,
    wanted: ElasticSettings,
    store: EmbeddedStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stalled, may_go_on = threading.Event(), threading.Event()
    write = Applying._write

    def slow(self: Applying, *arguments: object) -> object:
        if threading.current_thread() is writing and not stalled.is_set():
            stalled.set()
            may_go_on.wait(60)
        return write(self, *arguments)  # type: ignore[arg-type]

    writing = threading.Thread(target=lambda: index.apply(history(store)[-1:]))
    monkeypatch.setattr(Applying, "_write", slow)
    store.log.append([registered("late")])
    writing.start()
    stalled.wait(60)
    recording = Recording(store)
    recording.after = store.end()  # what the writer holds must come from the writer

    assert rebuild(wanted, recording, told=told, accept=True).is_exchanged
    may_go_on.set()
    writing.join(60)

    index.show()
    assert index.agency("late", Scope()) is not None
    assert index.indices.others(index.indices.current()) == []


def test_an_indexer_tells_how_far_it_is_also_after_an_exchange(
    wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    seldom = msgspec.structs.replace(wanted, refresh_s=600.0)
    with ElasticIndex(seldom) as index:
        index.apply(history(store))  # not told yet
        assert rebuild(wanted, Recording(store), told=told, accept=True).is_exchanged
        before = index.position()
        store.log.append([registered("late")])
        index.apply(history(store)[-1:])

        index.show()

        assert index.position() > before
        assert index.agency("late", Scope()) is not None


def test_an_indexer_that_finds_its_indices_exchanged_only_when_it_tells_how_far_it_is_tells_it(
    wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    seldom = msgspec.structs.replace(wanted, refresh_s=600.0)
    with ElasticIndex(seldom) as index:
        index.apply(history(store))
        assert rebuild(wanted, Recording(store), told=told, accept=True).is_exchanged
        before = index.position()

        index.apply([Recorded(store.end() + 1, posted("x"))])  # no document tells of it
        index.show()

        assert index.position() > before


def test_indices_of_an_older_duban_are_written_as_before(
    index: ElasticIndex, store: EmbeddedStore
) -> None:
    made = index.indices.current()
    assert made is not None
    client = index._client
    for model in MODELS:
        client.indices.delete_alias(index=made.index(model), name=made.entry(model))
    store.log.append([registered("late")])

    index.apply(history(store)[-1:])

    assert index.agency("late", Scope()) is not None


def test_the_first_indices_are_filled_before_they_are_read(
    wanted: ElasticSettings, store: EmbeddedStore
) -> None:
    with ElasticIndex(wanted) as index:
        rebuilt = rebuild(wanted, Recording(store), told=told)

        assert (rebuilt.is_first, rebuilt.is_exchanged) == (True, True)
        assert index.overview(Scope()).agencies == 9


def test_the_history_on_kafka_gives_what_the_embedded_one_gives(
    kafka: str, prefix: str, index: ElasticIndex, wanted: ElasticSettings
) -> None:
    with made_topics(kafka, prefix, (*STREAMS, "alerts")) as topics, KafkaEventLog(topics) as log:
        publisher = Publisher(topics)
        log.append(facts())
        Replay(chain(), log.reader, publisher, {}).run_until_idle()
        publisher.close()

        rebuilt = _from_kafka(wanted, log, topics.partitions)

        kinds = {one.kind: one for one in rebuilt.kinds}
        # Of the embedded index all is equal but the bookkeeping of standing: its positions differ.
        for kind in ("agencies", "findings", "readings", "rejected", "pages", "obligations"):
            assert kinds[kind].is_equal, kinds[kind].first
        assert rebuilt.is_exchanged
        before = answers(index)
        again = _from_kafka(wanted, log, topics.partitions)
        assert again.is_equal
        assert answers(index) == before

        log.append([read("a1", 2024, "丙丁", minute=9), read("a1", 2024, "丙丁", minute=9)])
        assert _from_kafka(wanted, log, topics.partitions).is_exchanged
        assert index.search(SearchQuery(text="丙丁")).total == 1


def _from_kafka(wanted: ElasticSettings, log: KafkaEventLog, partitions: int) -> Rebuilt:
    history = MergedHistory(log.reader, at_once=5)
    return rebuild(wanted, history, told=told, lanes=partitions, accept=True)
