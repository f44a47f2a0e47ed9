"""The real servers: given by address, else started once for the whole run."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = str(Path(__file__).parents[2])
if ROOT not in sys.path:
    sys.path.append(ROOT)


def missing(what: str) -> None:
    """Skip at a desk with one clear line; fail in CI, where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def programs() -> object:
    """Where the servers lie; fetched once."""
    from tests.stack.fetch import Unavailable, programs

    try:
        return programs()
    except Unavailable as error:
        missing(f"没有真实的服务器可测：{error}")
    raise AssertionError


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
