"""A process that serves the pages over a data folder, and what it costs."""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import uvicorn

from duban.bootstrap import Machine
from duban.cli.listening import take_port
from duban.config import Settings

_READY = "serving on "


@dataclass(frozen=True)
class Served:
    """The process, and a connection that is kept open."""

    pid: int
    connection: http.client.HTTPConnection

    def get(self, address: str) -> tuple[float, float]:
        """Seconds on the clock, and of processor time, until the last byte of the answer."""
        used, begun = self.processor_s(), time.perf_counter()
        self.connection.request("GET", quote(address, safe="/?=&%"))
        answer = self.connection.getresponse()
        answer.read()
        taken = time.perf_counter() - begun
        assert answer.status == 200, f"{address}: {answer.status}"
        return taken, self.processor_s() - used

    def processor_s(self) -> float:
        """Processor time of all threads so far."""
        tasks = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9

    def most_mb(self) -> float:
        """The most memory it ever held, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) / 1024


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """The pages over `data`, in a process of its own that ends with the block."""
    command = [sys.executable, "-m", "bench.served", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            line = process.stdout.readline()
            assert line.startswith(_READY), "the pages are not served"
            port = int(line.removeprefix(_READY))
            yield Served(process.pid, http.client.HTTPConnection("127.0.0.1", port, timeout=60))
        finally:
            process.terminate()


def main() -> None:
    """Serve until terminated; nothing is crawled or handled."""
    with (
        take_port("127.0.0.1", 0) as listener,
        Machine(Settings(data=Path(sys.argv[1])), None) as machine,
    ):
        print(f"{_READY}{listener.getsockname()[1]}", flush=True)
        server = uvicorn.Server(uvicorn.Config(machine.app(), log_level="warning"))
        server.run(sockets=[listener])


if __name__ == "__main__":
    main()
