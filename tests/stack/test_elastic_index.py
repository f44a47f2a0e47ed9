"""The read models on a real Elasticsearch keep what the port promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings

pytest.importorskip("elasticsearch")

from tests.stack.elastic_world import Sets, made_worlds

from duban.testing import known, ledger
from duban.testing.index import IndexContract
from duban.testing.known import KnownContract
from duban.testing.ledger import LedgerContract
from duban.testing.scope import ScopeContract
from duban.testing.search import SearchContract
from duban.testing.world import World

_HISTORIES = 3


@pytest.fixture(scope="module")
def sets(elastic: str) -> Iterator[Sets]:
    made = Sets(elastic)
    yield made
    made.remove()


@pytest.fixture
def make_world(
    sets: Sets, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], World]]:
    with made_worlds(sets, tmp_path_factory.mktemp("worlds")) as make:
        yield make


@pytest.fixture(autouse=True)
def fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each made-up history is asked thousands of questions, each a request."""
    for module in (known, ledger):
        monkeypatch.setattr(
            module, "settings", lambda **given: settings(**{**given, "max_examples": _HISTORIES})
        )


@pytest.fixture
def world(make_world: Callable[[], World]) -> World:
    return make_world()


class TestElasticIndex(IndexContract):
    pass


class TestElasticLedger(LedgerContract):
    pass


class TestElasticKnown(KnownContract):
    pass


class TestElasticScope(ScopeContract):
    pass


class TestElasticSearch(SearchContract):
    pass
