"""Servers of the drill's own, each behind a way that fails at will."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from socketserver import BaseServer
from typing import NamedTuple
from unittest.mock import patch

from tests.drill_stack.tcp_proxy import TcpProxy
from tests.stack.elastic_proxy import Proxy, proxied
from tests.stack.elastic_server import ElasticServer
from tests.stack.fetch import Programs
from tests.stack.kafka_server import KafkaServer
from tests.stack.server import LOOPBACK, free_ports


class ProxiedKafka(KafkaServer):
    """A broker that tells those who come through the proxy to come that way again."""

    def __init__(self, programs: Programs, proxy: TcpProxy) -> None:
        (proxy.to,) = free_ports(1)
        place = f",PROXIED://{LOOPBACK}:"
        self._more = {
            "listeners": f"{place}{proxy.to}",
            "advertised.listeners": f"{place}{proxy.port}",
            "listener.security.protocol.map": ",PROXIED:PLAINTEXT",
        }
        super().__init__(programs)

    def _settings(self) -> Sequence[str]:
        return [line + self._more.get(line.partition("=")[0], "") for line in super()._settings()]


class Servers(NamedTuple):
    """What a drill runs on; workers come by the proxies, whoever looks comes straight.

    `elastic` is None where the search server at `url` is not ours to be killed.
    """

    kafka: KafkaServer
    elastic: ElasticServer | None
    url: str
    way_to_kafka: TcpProxy
    way_to_elastic: Proxy

    @property
    def address(self) -> str:
        """Where the workers find Kafka."""
        return f"{LOOPBACK}:{self.way_to_kafka.port}"


@contextmanager
def servers(programs: Programs) -> Iterator[Servers]:
    """Both, until the block ends; the search server may be given by DUBAN_TEST_ELASTIC."""
    with ExitStack() as running:
        way = running.enter_context(TcpProxy())
        kafka = running.enter_context(ProxiedKafka(programs, way))
        url, elastic = os.environ.get("DUBAN_TEST_ELASTIC", ""), None
        if not url:
            elastic = running.enter_context(ElasticServer(programs))
            url = elastic.url
        # A killed worker breaks off in the middle of a request, and that is no news.
        running.enter_context(patch.object(BaseServer, "handle_error", _untold))
        yield Servers(kafka, elastic, url, way, running.enter_context(proxied(url)))


def _untold(*_: object) -> None:
    """Nobody is told."""
