"""`make stack`: the real Kafka and Elasticsearch on loopback, until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from contextlib import ExitStack

from tests.stack.elastic_server import ElasticServer
from tests.stack.fetch import Unavailable, programs
from tests.stack.kafka_server import KafkaServer


def main() -> int:
    """Start both, print their addresses, wait."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        found = programs()
    except Unavailable as missing:
        print(missing, file=sys.stderr)  # noqa: T201
        return 2
    with ExitStack() as running:
        try:
            kafka = running.enter_context(KafkaServer(found))
            elastic = running.enter_context(ElasticServer(found))
            print(f"export DUBAN_TEST_KAFKA={kafka.address}")  # noqa: T201
            print(f"export DUBAN_TEST_ELASTIC={elastic.url}")  # noqa: T201
            print("两台服务器已就绪；按 Ctrl-C 结束。", flush=True)  # noqa: T201
            signal.pause()
        except KeyboardInterrupt:
            pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
