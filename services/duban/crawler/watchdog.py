"""Cuts a connection when its time is over, whatever the server drips in meanwhile."""

from __future__ import annotations

import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

_NEW_CONNECTION = ("connection.connect_tcp.complete", "connection.start_tls.complete")


class Watchdog:
    """Give `trace` to one request as its trace extension; the request ends within `seconds`.

    Timeouts of the client hold for single reads only: a server that sends one byte now and then
    would keep it for ever. Look at `is_over` afterwards: a body without a length looks whole when
    its connection is cut.
    """

    def __init__(self, seconds: float) -> None:
        self._timer = threading.Timer(max(0.0, seconds), self._cut)
        self._timer.daemon = True
        self._lock = threading.Lock()
        self._stream: Any = None
        self.is_over = False

    def __enter__(self) -> Watchdog:
        self._timer.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._timer.cancel()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Remember the connection the request goes over."""
        if event in _NEW_CONNECTION:
            with self._lock:
                self._stream = info["return_value"]
            if self.is_over:
                self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.is_over = True
            stream = self._stream
        if stream is not None:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
