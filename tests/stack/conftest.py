"""The real servers: given by address, else started once for the whole run."""

from __future__ import annotations

import gc
import os
import uuid
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.config import ElasticSettings, KafkaSettings
from duban.ports import Recorded
from duban.testing.programs import missing

if TYPE_CHECKING:
    from duban.adapters.elastic.elastic_index import ElasticIndex


def pytest_itemcollected(item: pytest.Item) -> None:
    """Bear with sockets of failed connections, which kafka-python leaves to the collector."""
    item.add_marker(pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"))


@pytest.fixture(autouse=True, scope="package")
def nothing_left_to_collect() -> Iterator[None]:
    """Have those sockets collected here, so that no test of another folder meets them."""
    yield
    gc.collect()


@pytest.fixture(scope="session")
def programs() -> object:
    """Where the servers lie; fetched once."""
    from tests.stack.fetch import Unavailable, programs

    try:
        return programs()
    except Unavailable as error:
        missing(f"没有真实的服务器可测：{error}")


@pytest.fixture(scope="session")
def kafka(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a real Kafka (DUBAN_TEST_KAFKA, else one of our own)."""
    if given := os.environ.get("DUBAN_TEST_KAFKA"):
        yield given
        return
    from tests.stack.kafka_server import KafkaServer

    with KafkaServer(request.getfixturevalue("programs")) as server:
        yield server.address


@pytest.fixture(scope="session")
def elastic(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of a real Elasticsearch (DUBAN_TEST_ELASTIC, else one of our own)."""
    if given := os.environ.get("DUBAN_TEST_ELASTIC"):
        yield given
        return
    from tests.stack.elastic_server import ElasticServer

    with ElasticServer(request.getfixturevalue("programs")) as server:
        yield server.url


@pytest.fixture
def prefix() -> str:
    """A prefix of this test's own for topics, groups and indices."""
    return f"t{uuid.uuid4().hex[:10]}-"


@pytest.fixture
def topics(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    """All topics of one partition each, as the program makes them; removed at the test's end."""
    from tests.stack.removing import remove_topics

    from duban.adapters.kafka import admin

    made = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=1)
    admin.apply(made)
    yield made
    remove_topics(made)


@pytest.fixture
def collected() -> Iterator[None]:
    """What a test left is collected before the next one, which may not leave anything."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gc.collect()


@pytest.fixture
def wanted(elastic: str, prefix: str) -> Iterator[ElasticSettings]:
    """Where the indices of a test lie; they are removed at its end."""
    from tests.stack.elastic_world import remove, settings

    yield settings(elastic, prefix)
    remove(elastic, prefix)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    """A made office that has judged all it knows."""
    from tests.stack.office import chain, facts

    with EmbeddedStore(tmp_path / "data") as opened:
        opened.log.append(facts())
        opened.runner(chain()).run_until_idle()
        yield opened


@pytest.fixture
def recorded(store: EmbeddedStore) -> list[Recorded]:
    """All that was recorded in the office, and what follows from it."""
    from tests.stack.elastic_world import history

    return history(store)


@pytest.fixture
def index(wanted: ElasticSettings, store: EmbeddedStore) -> Iterator[ElasticIndex]:
    """The office in its indices."""
    from tests.stack.elastic_world import history

    from duban.adapters.elastic.elastic_index import ElasticIndex

    with ElasticIndex(wanted) as opened:
        opened.apply(history(store))
        yield opened
