"""`duban serve` as an operator starts it, for tests that speak to the real pages."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

_DUBAN = Path(sys.executable).parent / "duban"
_PATIENCE_S = 30.0


class Served:
    """A running server: its address, its process, the folder of its temporary files.

    `rest` is what it said after its start, once it has ended.
    """

    def __init__(self, process: subprocess.Popen[str], address: str, scratch: Path) -> None:
        self.process = process
        self.address = address
        self.scratch = scratch
        self.rest = ""

    @property
    def port(self) -> int:
        """The port the pages are on."""
        return int(self.address.rstrip("/").rpartition(":")[2])

    def peak_mb(self) -> float:
        """The most memory the server held so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) / 1024

    def left_behind(self) -> list[Path]:
        """Temporary files that a request left, open ones without a name included."""
        named = [path for path in self.scratch.rglob("*") if path.is_file()]
        handles = Path(f"/proc/{self.process.pid}/fd")
        opened = [Path(link) for link in map(_target, handles.iterdir()) if link is not None]
        return named + [path for path in opened if path.is_relative_to(self.scratch)]


def _target(handle: Path) -> str | None:
    try:
        return str(handle.readlink())
    except OSError:  # closed in the meantime
        return None


@contextmanager
def served(
    folder: Path,
    *options: object,
    prefix: Sequence[str] = (),
    program: Sequence[str | Path] = (_DUBAN,),
    ends: int = 0,
) -> Iterator[Served]:
    """A server on the data in `folder/data`; whatever happens it is ended, and by itself first.

    The `program` is started by the program `prefix`, and is to end with the code `ends`.
    """
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [*prefix, *program, "serve", "--data", folder / "data", "--port", "0", *map(str, options)],
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    said: list[str] = []
    try:
        assert process.stderr is not None
        for line in process.stderr:
            said.append(line)
            if found := re.search(r"页面：\s*(http://\S+)", line):
                with urlopen(found[1] + "static/icon.svg", timeout=_PATIENCE_S):
                    pass  # from here on it ends by itself when it is told to
                server = Served(process, found[1], scratch)
                yield server
                break
        else:
            raise AssertionError(f"the server did not start: {''.join(said)}")
        process.send_signal(signal.SIGINT)
        _, server.rest = process.communicate(timeout=_PATIENCE_S)
        assert "Traceback" not in server.rest, server.rest
        assert process.returncode == ends, server.rest
    finally:
        process.kill()
        process.communicate()
