"""Runs a server as a child and ends it, and all it started, when who asked for it is gone.

python guard.py USER FOLDER COMMAND...; ends when its standard input is closed, by whatever death.
USER is the number of who runs the server, or - for who runs this. FOLDER is what the server
stores; it is removed unless KEEP was said first.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import threading

KEEP = b"keep"
PATIENCE_S = 15.0


def main() -> int:
    """The exit code of the server."""
    user = None if sys.argv[1] == "-" else int(sys.argv[1])
    server = subprocess.Popen(
        sys.argv[3:],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        user=user,
        group=user,
        extra_groups=None if user is None else [],
    )
    for gentle in (signal.SIGINT, signal.SIGTERM):
        signal.signal(gentle, lambda *_: _end(server))
    asked = threading.Event()
    watching = threading.Thread(target=_watch, args=(server, asked), daemon=True)
    watching.start()
    code = server.wait()
    _signal(server, signal.SIGKILL)  # what it may have left behind
    if asked.is_set():
        watching.join()
    return code


def _watch(server: subprocess.Popen[bytes], asked: threading.Event) -> None:
    said = b""
    while more := os.read(0, 1024):
        said += more
    asked.set()
    _end(server)
    try:
        server.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        _signal(server, signal.SIGKILL)
    if said != KEEP:
        shutil.rmtree(sys.argv[2], ignore_errors=True)


def _end(server: subprocess.Popen[bytes]) -> None:
    _signal(server, signal.SIGTERM)


def _signal(server: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(server.pid, number)


if __name__ == "__main__":
    sys.exit(main())
