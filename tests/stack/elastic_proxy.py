"""A way to the search server that fails at will: busy, cut off before or after the server heard."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal
from urllib.parse import urlsplit

Fault = Literal["busy", "cut before", "cut after"]
_BUSY = b'{"error":{"type":"es_rejected_execution_exception","reason":"full"},"status":429}'


class Proxy:
    """Passes requests on; each bulk meets the next of `faults`, those after them none."""

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url).netloc
        self.faults: list[Fault] = []
        self.met: list[Fault] = []
        self.url = ""

    def fault(self, path: str) -> Fault | None:
        """What the request meets."""
        if "/_bulk" not in path or not self.faults:
            return None
        self.met.append(self.faults.pop(0))
        return self.met[-1]

    def ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Any:
        connection = http.client.HTTPConnection(self._to, timeout=120)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()


@contextmanager
def proxied(url: str) -> Iterator[Proxy]:
    """The proxy before a server, until the block ends."""
    proxy = Proxy(url)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = proxy.fault(self.path)
            if fault == "busy":
                self._answer(429, {"x-elastic-product": "Elasticsearch"}, _BUSY)
                return
            if fault == "cut before":
                self._cut()
                return
            kept = {k: v for k, v in self.headers.items() if k.lower() != "host"}
            status, headers, answer = proxy.ask(self.command, self.path, body, kept)
            if fault == "cut after":
                self._cut()
                return
            self._answer(status, headers, answer)

        def _cut(self) -> None:
            self.close_connection = True
            self.connection.close()

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            left_out = ("content-length", "transfer-encoding", "connection", "content-type")
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in left_out:
                    self.send_header(name, value)
            content = "application/vnd.elasticsearch+json;compatible-with=9"
            self.send_header("content-type", content)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):  # every method of the protocol
                return self._pass
            raise AttributeError(name)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        proxy.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()
