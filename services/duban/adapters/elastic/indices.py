"""The indices: made beside one another, read through aliases, held against what is declared."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from elasticsearch import BadRequestError, Elasticsearch, NotFoundError

from duban.adapters.elastic.client import once
from duban.adapters.elastic.failure import told, wrong_version
from duban.adapters.elastic.mappings import MODELS, Model, alias, index_name, mapping
from duban.adapters.elastic.patience import patiently
from duban.config import ElasticSettings
from duban.errors import StorageError

_MAJOR = "9"
_PATIENCE_S = 20.0
_SEEN = {"refresh_interval": "5s"}  # the indexer asks sooner; this is for when it was killed
_COPIED = {"auto_expand_replicas": "0-1"}
_FILLING = {
    "refresh_interval": "-1",
    "translog.durability": "async",
    "auto_expand_replicas": "false",
    "number_of_replicas": 0,  # a copy of files, later, costs less than indexing all of it twice
}
#: What is searched; how far the indexer came is told after these can be found.
SHOWN = tuple(model for model in MODELS if model not in ("state", "progress"))


class Generation(msgspec.Struct, frozen=True):
    """One set of indices, by its number."""

    prefix: str
    number: int

    def index(self, model: Model) -> str:
        """The index of a kind."""
        return index_name(self.prefix, model, self.number)

    def entry(self, model: Model) -> str:
        """The alias it is written by: it goes with the index, and no writing brings it back."""
        return f"{self.index(model)}-entry"


class Drift(msgspec.Struct, frozen=True):
    """Where an index is not as it is declared."""

    index: str
    field: str
    declared: Any
    found: Any


class Indices:
    """Makes, finds, exchanges and removes the indices of a prefix. Raises StorageError."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings

    def current(self) -> Generation | None:
        """The set that is read now; None where none was ever made."""
        name = alias(self._settings.prefix, "state")
        with told(self._settings):
            try:
                found = self._client.indices.get_alias(name=name)
            except NotFoundError:
                return None
        (index,) = found
        return Generation(self._settings.prefix, int(index.rpartition("-")[2]))

    def ensure(self) -> Generation:
        """The set that is read; the first is made where there is none."""
        found = self.current()
        if found is None:
            made = self.make(1)
            self.exchange(None, made)
            found = self.current() or made
        return found

    def make(self, number: int, *, to_fill: bool = False) -> Generation:
        """A new, empty set that nobody reads yet; one that is there already stays as it is.

        What is written into one `to_fill` is found only when it is asked for, and safe on disk only
        when it is `filled`.
        """
        made = Generation(self._settings.prefix, number)
        for model in MODELS:
            with told(self._settings):
                try:
                    self._client.indices.create(
                        index=made.index(model),
                        aliases={made.entry(model): {}},
                        mappings=mapping(model),
                        settings={**self._options(), **(_FILLING if to_fill else {})},
                        wait_for_active_shards="0",  # all of them are waited for together
                    )
                except BadRequestError as error:
                    if error.error != "resource_already_exists_exception":
                        raise
        with told(self._settings):
            self._client.cluster.health(index=self._all(made), wait_for_status="yellow")
        return made

    def exchange(self, before: Generation | None, after: Generation) -> None:
        """Let the new set be read instead of the old, all of it at one moment, or none of it."""
        actions: list[dict[str, Any]] = []
        for model in MODELS:
            name = alias(self._settings.prefix, model)
            if before is not None:
                gone = {"index": before.index(model), "alias": name, "must_exist": True}
                actions.append({"remove": gone})
            actions.append({"add": {"index": after.index(model), "alias": name}})
        with told(self._settings):
            once(self._client, lambda asked: asked.indices.update_aliases(actions=actions))

    def filled(self, generation: Generation) -> None:
        """A set that was made to be filled is as any other from now on."""
        with told(self._settings):
            self._client.indices.put_settings(
                index=self._all(generation),
                settings={**_SEEN, **_COPIED, "translog.durability": None},
            )
            self._client.indices.flush(index=self._all(generation))

    def admit(self, generation: Generation) -> None:
        """Let a set be written that has no entries: an older version of duban made it."""
        actions = [
            {"add": {"index": generation.index(model), "alias": generation.entry(model)}}
            for model in MODELS
        ]
        with told(self._settings):
            self._client.indices.update_aliases(actions=actions)

    def block(self, generation: Generation) -> None:
        """Let nothing more be written into a set; all that was being written is in it then."""
        with told(self._settings):
            self._client.indices.add_block(index=",".join(self._all(generation)), block="write")

    def unblock(self, generation: Generation) -> None:
        """Let a set be written again."""
        with told(self._settings):
            self._client.indices.put_settings(
                index=self._all(generation), settings={"index.blocks.write": None}
            )

    def remove(self, generation: Generation) -> None:
        """Remove a set."""
        with told(self._settings):
            self._client.indices.delete(index=self._all(generation), ignore_unavailable=True)

    def others(self, generation: Generation | None) -> list[Generation]:
        """All other sets that lie there: left over, or being built."""
        with told(self._settings):
            found = self._client.indices.get(
                index=f"{self._settings.prefix}state-*", features="aliases"
            )
        ends = {name.removeprefix(f"{self._settings.prefix}state-") for name in found}
        numbers = {int(end) for end in ends if end.isdecimal()}
        kept = generation.number if generation else 0
        return [Generation(self._settings.prefix, one) for one in sorted(numbers - {kept})]

    def refresh(self, generation: Generation, *models: Model) -> None:
        """Let everything that was written be found, or what was written of some kinds.

        Asked again where the server is too busy, or one of several has just died.
        """
        names = [generation.index(model) for model in models or SHOWN]
        with told(self._settings):
            patiently(partial(self._client.indices.refresh, index=names), _PATIENCE_S)

    def version(self) -> str:
        """The version of the oldest server; StorageError where it is not the one we speak to."""
        with told(self._settings):
            found = self._client.nodes.info(metric="os", filter_path="nodes.*.version")
        versions = sorted(node["version"] for node in found["nodes"].values())
        for one in versions:
            if one.partition(".")[0] != _MAJOR:
                raise wrong_version(self._settings, one)
        return str(versions[0])

    def drift(self) -> list[Drift]:
        """Where the indices that are read differ from what is declared."""
        generation = self.current()
        if generation is None:
            return []
        with told(self._settings):
            found = self._client.indices.get_mapping(index=self._all(generation)).body
        return [
            one
            for model in MODELS
            for one in _differences(
                generation.index(model),
                mapping(model),
                found[generation.index(model)]["mappings"],
            )
        ]

    def refuse_drift(self) -> None:
        """StorageError where a mapping was changed by hand, or by another version of duban."""
        for one in self.drift():
            raise StorageError(
                f"Elasticsearch 索引 {one.index} 的结构被改过（{one.field}：应为 {one.declared}，"
                f"现为 {one.found}）：请运行 duban rebuild --profile distributed 重新建立。",
                f"The mapping of the index {one.index} was changed ({one.field}: {one.declared} "
                f"is declared, {one.found} is there): please run "
                "duban rebuild --profile distributed.",
            )

    def _all(self, generation: Generation) -> list[str]:
        return [generation.index(model) for model in MODELS]

    def _options(self) -> Mapping[str, Any]:
        return {
            "number_of_shards": self._settings.shards,
            **_COPIED,
            **_SEEN,
            "codec": "best_compression",
            "max_result_window": 10_000,
        }


def _differences(index: str, declared: Any, found: Any, path: str = "") -> list[Drift]:
    if not isinstance(declared, dict) or not isinstance(found, dict):
        return [] if declared == found else [Drift(index, path, declared, found)]
    made: list[Drift] = []
    for name in sorted({*declared, *found}):
        below = f"{path}.{name}".removeprefix(".")
        made += _differences(index, declared.get(name), found.get(name), below)
    return made
