"""One forwarder as a process that can be killed: `outbox.py DATA ADDRESS PREFIX`."""

from __future__ import annotations

import sys
from pathlib import Path

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.forwarder import Forwarder
from duban.adapters.kafka.publisher import Publisher
from duban.config import KafkaSettings


def main() -> None:
    """Forward everything; says when it begins, so that a kill falls into the work."""
    data, address, prefix = sys.argv[1:]
    settings = KafkaSettings(addresses=(address,), prefix=prefix, partitions=3)
    with EmbeddedStore(Path(data)) as store:
        forwarder = Forwarder(store, Publisher(settings), at_once=7)
        print("ready", flush=True)  # noqa: T201
        while forwarder.advance():
            pass
    print("done", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
