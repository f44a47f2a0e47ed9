"""The embedded profile as the contracts see it."""

from __future__ import annotations

from duban.adapters.embedded.store import EmbeddedStore
from duban.processors.processor import Chain
from duban.testing.runner import evaluator
from duban.testing.world import World


def world_of(store: EmbeddedStore) -> World:
    """The parts of a store, and its runner over an evaluator that does as reports say."""
    runner = store.runner(Chain("agency", (evaluator(),)))
    return World(log=store.log, states=store.states, index=store.index, run=runner.run_until_idle)
