"""A stand-in for Kibana on loopback: NOT Kibana, only what its documentation says it answers.

It keeps objects, rules and connectors in memory and answers in the documented shapes: success,
errors of single objects, no login, missing privileges, another version, not ready. What a real
Kibana does with an object that it has taken cannot be told from it.
"""

from __future__ import annotations

import base64
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


class StandInKibana:
    """What the stand-in holds and how it is to behave; set the attributes, look at the rest."""

    def __init__(self) -> None:
        self.version = "9.2.4"
        self.api_key: str | None = None
        self.login: tuple[str, str] | None = None
        self.ready = True
        self.space = ""
        self.lacking_privilege: str | None = None
        self.refusing: dict[str, dict[str, Any]] = {}  # object id -> the error it is refused with
        self.objects: dict[tuple[str, str], dict[str, Any]] = {}
        self.rules: dict[str, dict[str, Any]] = {}
        self.connectors: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.url = ""

    def lets_in(self, authorization: str | None) -> bool:
        """Whether this header is the login that was set."""
        if self.api_key is not None:
            return authorization == f"ApiKey {self.api_key}"
        if self.login is not None:
            pair = base64.b64encode(":".join(self.login).encode()).decode()
            return authorization == f"Basic {pair}"
        return True

    def answer(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        """What is answered to someone who is let in."""
        if path == "/api/status":
            level = "available" if self.ready else "unavailable"
            status = {"overall": {"level": level}}
            told = {"name": "stand-in", "version": {"number": self.version}, "status": status}
            return (200 if self.ready else 503), told
        prefix = f"/s/{self.space}" if self.space else ""
        if not path.startswith(f"{prefix}/api/"):
            return _error(404, "Not Found", "Not Found")
        if self.lacking_privilege is not None:
            return _error(403, "Forbidden", self.lacking_privilege)
        path = path.removeprefix(prefix)
        if path == "/api/saved_objects/_import?overwrite=true" and method == "POST":
            return self._import(_file(body, kind))
        if path == "/api/saved_objects/_export" and method == "POST":
            return self._export(json.loads(body))
        for start, kept in (
            ("/api/alerting/rule/", self.rules),
            ("/api/actions/connector/", self.connectors),
        ):
            if path.startswith(start):
                return self._keep(method, path.removeprefix(start), kept, body)
        return _error(404, "Not Found", "Not Found")

    def _import(self, lines: bytes) -> Answer:
        taken, errors = [], []
        given = [json.loads(line) for line in lines.splitlines() if line]
        known = {(one["type"], one["id"]) for one in given} | self.objects.keys()
        for one in given:
            error = self.refusing.get(one["id"]) or _missing(one, known)
            if error is not None:
                meta = {"title": one["attributes"].get("title")}
                errors.append({"id": one["id"], "type": one["type"], "meta": meta, "error": error})
            else:
                key = (one["type"], one["id"])
                taken.append({"type": key[0], "id": key[1], "overwrite": key in self.objects})
                self.objects[key] = {**one, "managed": False, "version": "WzEsMV0="}
        told: dict[str, Any] = {"success": not errors, "successCount": len(taken), "warnings": []}
        if taken:
            told["successResults"] = taken
        if errors:
            told["errors"] = errors
        return 200, told

    def _export(self, asked: dict[str, Any]) -> Answer:
        names = [(one["type"], one["id"]) for one in asked["objects"]]
        gone = [name for name in names if name not in self.objects]
        if gone:
            objects = [
                {
                    "id": name,
                    "type": kind,
                    "error": {
                        "statusCode": 404,
                        "error": "Not Found",
                        "message": f"Saved object [{kind}/{name}] not found",
                    },
                }
                for kind, name in gone
            ]
            status, told = _error(400, "Bad Request", "Error fetching objects to export")
            return status, {**told, "attributes": {"objects": objects}}
        return 200, "\n".join(json.dumps(self.objects[name]) for name in names)

    def _keep(self, method: str, name: str, kept: dict[str, Any], body: bytes) -> Answer:
        if method == "GET":
            if name not in kept:
                return _error(404, "Not Found", f"Saved object [{name}] not found")
            return 200, {"id": name, **kept[name]}
        error = self.refusing.get(name)
        if error is not None:
            return error["statusCode"], error
        given = json.loads(body)
        if method == "POST":
            if name in kept:
                return _error(409, "Conflict", f"Saved object [{name}] conflict")
            kept[name] = given
        elif fixed := given.keys() & {"rule_type_id", "consumer", "connector_type_id"}:
            return _error(400, "Bad Request", f"[request body.{min(fixed)}]: not expected")
        else:
            kept[name] = {**kept[name], **given}
        return 200, {"id": name, **kept[name]}


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who did not wait for the answer does not get it."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


@contextmanager
def stand_in() -> Iterator[StandInKibana]:
    """A stand-in that listens on loopback until the end of the block."""
    kibana = StandInKibana()
    server = _Server(("127.0.0.1", 0), _handler(kibana))
    kibana.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield kibana
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(kibana: StandInKibana) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kibana.requests.append((self.command, self.path))
            if not kibana.lets_in(self.headers.get("Authorization")):
                status, told = _error(401, "Unauthorized", "security_exception: no such user")
            elif self.command != "GET" and "kbn-xsrf" not in self.headers:
                status, told = _error(400, "Bad Request", "Request must contain a kbn-xsrf header.")
            else:
                kind = self.headers.get("Content-Type") or ""
                status, told = kibana.answer(self.command, self.path, body, kind)
            data = told.encode() if isinstance(told, str) else json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = _do  # noqa: N815 - the names that the library calls

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - theirs
            pass

    return Handler


def _file(body: bytes, kind: str) -> bytes:
    """The file of a form, which must be named `.ndjson`."""
    form = BytesParser().parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body)
    for part in form.walk():
        if (part.get_filename() or "").endswith(".ndjson"):
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content
    raise AssertionError("no file .ndjson in the form")


def _missing(one: dict[str, Any], known: set[tuple[str, str]]) -> dict[str, Any] | None:
    """Data views and searches that an object refers to must be there, or come with it."""
    lacking = [
        {"type": each["type"], "id": each["id"]}
        for each in one["references"]
        if each["type"] in ("index-pattern", "search") and (each["type"], each["id"]) not in known
    ]
    return {"type": "missing_references", "references": lacking} if lacking else None


def _error(status: int, error: str, message: str) -> Answer:
    return status, {"statusCode": status, "error": error, "message": message}
