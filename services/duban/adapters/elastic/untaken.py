"""What a rebuild took in and the indexers had not yet: no difference between the two sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from duban.adapters.elastic.asking import Asking, Search
from duban.adapters.elastic.fold import keys_of
from duban.ports import Recorded

Reached = Mapping[str, int]  # by topic and lane, as the indexers tell it
Last = Mapping[tuple[str, str], int]  # by topic and lane, and by key


def reached(asking: Asking) -> Reached:
    """How far the indexers tell that they have come. Raises StorageError."""
    found = asking.every(Search(model="progress", sort=("topic", "lane")))
    return {f"{one['topic']}/{one['lane']}": one["position"] for one in found}


class Untaken:
    """The keys of events beyond what was reached; `lanes` share positions.

    `since` is what was reached at the beginning: only what lies beyond it is remembered.
    """

    def __init__(self, since: Reached, lanes: int) -> None:
        self._since = since
        self._lanes = lanes
        self._last: dict[tuple[str, str], int] = {}

    @property
    def last(self) -> Last:
        """The last event of each key beyond what was reached."""
        return self._last

    def join(self, last: Last) -> None:
        """What another process saw."""
        for place, position in last.items():
            self._last[place] = max(self._last.get(place, 0), position)

    def see(self, batch: Iterable[Recorded]) -> None:
        """Events that the rebuild takes in."""
        for one in batch:
            place = f"{one.event.topic}/{(one.position - 1) % self._lanes}"
            if one.position > self._since.get(place, 0):
                for key in keys_of(one.event):
                    last = self._last.get((place, key), 0)
                    self._last[place, key] = max(last, one.position)

    def keys(self, at_last: Reached) -> list[str]:
        """The keys of those that were not reached at last either."""
        return sorted(
            {
                key
                for (place, key), position in self._last.items()
                if position > at_last.get(place, 0)
            }
        )
