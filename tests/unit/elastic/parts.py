"""Parts of a history as other processes take them; run as a program it is killed meanwhile."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from duban.adapters.elastic.apart import fill_apart
from duban.adapters.elastic.failure import MissingError
from duban.adapters.elastic.filling import Ground
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.untaken import Untaken
from duban.config import ElasticSettings
from duban.ports import Recorded

GROUND = Ground(
    settings=ElasticSettings(url="http://127.0.0.1:9"),  # nobody listens
    generation=Generation("", 1),
    lanes=4,
)


class Part(msgspec.Struct, frozen=True):
    """Holds no events: `then` happens instead."""

    then: str
    folder: str = ""

    @contextmanager
    def opened(self) -> Iterator[Part]:
        yield self

    def take(self) -> Iterator[Sequence[Recorded]]:
        match self.then:
            case "missing":
                raise MissingError("没有索引", "no index")
            case "fault":
                raise ZeroDivisionError
            case "killed":
                os.kill(os.getpid(), 9)
            case "stay":
                Path(self.folder, str(os.getpid())).touch()
                time.sleep(600)
        return iter(())

    def heard(self) -> str:
        return self.then


def fill(*parts: Part) -> list[object]:
    """What is heard of each part."""
    return list(fill_apart(GROUND, parts, Untaken({}, 4), lambda _: None))


if __name__ == "__main__":
    fill(*(Part("stay", sys.argv[1]) for _ in range(2)))
