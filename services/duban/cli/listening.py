"""Serving pages until Ctrl-C, on a port that is taken before anything is started."""

from __future__ import annotations

import errno
import ipaddress
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import click
import uvicorn
from starlette.applications import Starlette

from duban.errors import UsageError

#: Seconds that open pages (live streams) may hold up the end.
GRACE_S = 1
_LOOK_EVERY_S = 0.5


def take_port(host: str, port: int, *, tries: int = 1) -> socket.socket:
    """A listening socket on `port` or one of the next; UsageError says what to do otherwise."""
    for candidate in range(port, port + tries):
        try:
            listener = socket.create_server((host, candidate))
            # Inherited by each connection; asyncio sets it only where a socket names its protocol.
            # Without it the text of a page waits 40 ms until the reader confirms its header.
            listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listener
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise UsageError(
                    f"无法在 {host}:{candidate} 监听（{error.strerror}）："
                    "请用 --host 和 --port 另选。",
                    f"{host}:{candidate} cannot be listened at ({error.strerror}): please choose "
                    "another one with --host and --port.",
                ) from error
    raise UsageError(
        f"端口 {port} 已被占用：请用 --port 另选一个，或先停掉占用它的程序。",
        f"The port {port} is taken: please choose another one with --port, or end the program that "
        "has it.",
    )


def networks(given: Iterable[str]) -> tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...]:
    """Networks as they were given (10.1.2.0/24, or one address); UsageError for anything else."""
    found = []
    for one in given:
        try:
            found.append(ipaddress.ip_network(one))
        except ValueError as error:
            raise UsageError(
                f"--scraper 的 {one} 不是网段：请写成 10.1.2.0/24 或单个地址。",
                f"{one} (--scraper) is no network: please write 10.1.2.0/24, or one address.",
            ) from error
    return tuple(found)


def serve(
    app: Starlette, listener: socket.socket, has_failed: Callable[[], bool] = lambda: False
) -> None:
    """Serve until the process is told to stop, or `has_failed`.

    Returns normally after Ctrl-C and SIGTERM, so that what was opened is closed in order.
    """
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, timeout_graceful_shutdown=GRACE_S
    )
    server = uvicorn.Server(config)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(_LOOK_EVERY_S):
            if has_failed():
                server.should_exit = True

    watcher = threading.Thread(target=watch, name="watcher", daemon=True)
    watcher.start()
    try:
        with _ended_gently():
            server.run(sockets=[listener])
    except KeyboardInterrupt:
        return
    finally:
        ended.set()
        watcher.join()


@contextmanager
def _ended_gently() -> Iterator[None]:
    """The server raises SIGTERM once more when it has ended; that must not end us too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def address(listener: socket.socket) -> str:
    """The address to open, clickable in a terminal."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}/"


def log_to_stderr(*, verbose: bool) -> None:
    """One line a message on stderr; warnings only unless `verbose`."""
    logging.basicConfig(
        level=logging.INFO if verbose else logging.WARNING,
        stream=sys.stderr,
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    for chatty in ("httpx", "httpcore"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def say(text: str) -> None:
    """Tell the operator something; results go to stdout, this to stderr."""
    click.echo(text, err=True)
