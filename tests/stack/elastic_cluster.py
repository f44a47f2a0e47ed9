"""Several real Elasticsearch nodes on loopback that keep copies of one another's documents."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from tests.stack.elastic_server import ElasticServer, Seat
from tests.stack.fetch import Programs
from tests.stack.server import free_ports


@contextmanager
def cluster(programs: Programs, count: int) -> Iterator[list[ElasticServer]]:
    """So many nodes for as long as the block lasts."""
    transports = free_ports(count)
    with ExitStack() as stack:
        nodes = [ElasticServer(programs, Seat(number, transports)) for number in range(count)]
        for one in nodes:
            stack.callback(one.close)
        with ThreadPoolExecutor(count) as beside:  # one alone has no majority to answer with
            list(beside.map(ElasticServer.start, nodes))
        yield nodes
