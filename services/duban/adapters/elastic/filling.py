"""Taking a history into a new set of indices."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.history import Told
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.side_by_side import side_by_side
from duban.adapters.elastic.untaken import Untaken
from duban.config import ElasticSettings

_UNTIL_SHOWN_S = 3600.0  # nobody looks at the new ones before they are exchanged

Taken = Callable[[int], None]  # so many events more


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """The set that is filled, and the partitions that share positions."""

    settings: ElasticSettings
    generation: Generation
    lanes: int

    def opened(self, alone: Alone | None = None) -> ElasticIndex:
        """The set to be written; with `alone` nothing was in it before."""
        settings = msgspec.structs.replace(self.settings, refresh_s=_UNTIL_SHOWN_S)
        return ElasticIndex(settings, lanes=self.lanes, generation=self.generation, alone=alone)


def fill(index: ElasticIndex, history: Told, untaken: Untaken, taken: Taken) -> None:
    """Take in what is there; it can be found then. Raises StorageError, and what `taken` raises."""
    for batch in side_by_side(history.take(), index.apply):
        untaken.see(batch)
        taken(len(batch))
    index.show()
