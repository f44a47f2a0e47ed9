"""Long exports from a real Elasticsearch stand still while events are taken in."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

pytest.importorskip("elasticsearch")
pytest.importorskip("duban.testing.export", reason="no contract of exports yet")

from tests.stack.elastic_world import Sets, made_worlds

from duban.testing.export import ExportContract
from duban.testing.world import World


@pytest.fixture(scope="module")
def sets(elastic: str) -> Iterator[Sets]:
    made = Sets(elastic)
    yield made
    made.remove()


@pytest.fixture
def world(sets: Sets, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    make: Callable[[], World]
    with made_worlds(sets, tmp_path_factory.mktemp("worlds")) as make:
        yield make()


class TestElasticExport(ExportContract):
    pass
