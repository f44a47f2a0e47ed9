"""What was taken in is seen a moment later, and a position never before what belongs to it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec
import pytest

pytest.importorskip("elasticsearch")

from tests.stack.elastic_world import remove, settings

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.ports import Recorded
from duban.testing.events import registered


@pytest.fixture
def wanted(elastic: str, prefix: str) -> Iterator[ElasticSettings]:
    yield msgspec.structs.replace(settings(elastic, prefix), refresh_s=0.5)
    remove(elastic, prefix)


def test_what_was_taken_in_is_seen_a_moment_later(wanted: ElasticSettings) -> None:
    with ElasticIndex(wanted) as writing, ElasticIndex(wanted) as reading:
        writing.prepare()
        for number in range(1, 6):
            before = reading.position()
            writing.apply([Recorded(number, registered(f"a{number}"))])
            end = time.monotonic() + 30
            while reading.position() == before:
                assert time.monotonic() < end
                time.sleep(0.02)
            assert reading.overview(Scope()).agencies == number


def test_what_waits_to_be_seen_is_seen_when_the_indexer_ends(wanted: ElasticSettings) -> None:
    late = msgspec.structs.replace(wanted, refresh_s=600.0)
    with ElasticIndex(late) as writing:
        writing.prepare()
        writing.apply([Recorded(1, registered("a"))])

    with ElasticIndex(wanted) as reading:
        assert (reading.position(), reading.overview(Scope()).agencies) == (1, 1)


def test_a_position_is_the_sum_over_the_partitions(wanted: ElasticSettings) -> None:
    with ElasticIndex(wanted, lanes=2) as index:
        index.prepare()
        index.apply([Recorded(5, registered("a")), Recorded(8, registered("b"))])
        index.show()
        assert index.position() == 13

        index.apply([Recorded(7, registered("a", minute=2))])  # below the highest, and yet new
        index.show()
        assert index.position() == 15
