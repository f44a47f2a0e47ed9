from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.contract.embedded_world import world_of

from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.runner import MakeWorld
from duban.testing.world import World


@pytest.fixture
def open_store() -> Iterator[Callable[[Path], EmbeddedStore]]:
    opened: list[EmbeddedStore] = []

    def open_(folder: Path) -> EmbeddedStore:
        opened.append(EmbeddedStore(folder))
        return opened[-1]

    yield open_
    for store in opened:
        store.close()


@pytest.fixture
def store(tmp_path: Path, open_store: Callable[[Path], EmbeddedStore]) -> EmbeddedStore:
    return open_store(tmp_path / "data")


@pytest.fixture
def world(store: EmbeddedStore) -> World:
    return world_of(store)


@pytest.fixture
def make_world(
    tmp_path_factory: pytest.TempPathFactory, open_store: Callable[[Path], EmbeddedStore]
) -> MakeWorld:
    return lambda: world_of(open_store(tmp_path_factory.mktemp("world")))
