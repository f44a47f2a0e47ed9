"""Servers that have one answer to everything, also behind encryption, or none to anything."""

from __future__ import annotations

import json
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any


@contextmanager
def answering(
    status: int, body: object, *, is_elastic: bool = True, certificate: Path | None = None
) -> Iterator[str]:
    """Its address, until the block ends; encrypted with the key and chain of `certificate`."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def _answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            data = json.dumps(body).encode()
            self.send_response(status)
            if is_elastic:
                self.send_header("x-elastic-product", "Elasticsearch")
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # every method of the protocol
                return self._answer
            raise AttributeError(name)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        with _served(server):
            scheme = "http" if certificate is None else "https"
            yield f"{scheme}://127.0.0.1:{server.server_port}"


@contextmanager
def _served(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class HangingUp:
    """Where it listens, and how many requests it heard."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.heard = 0


@contextmanager
def hanging_up() -> Iterator[HangingUp]:
    """A server that hears each request and cuts the connection, until the block ends."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if self.rfile.readline():
                told.heard += 1

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        told = HangingUp(f"http://127.0.0.1:{server.server_address[1]}")
        with _served(server):
            yield told
