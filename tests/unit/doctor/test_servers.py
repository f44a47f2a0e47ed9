"""The doctor before servers that are not ours: each fault a line, and no secret in any log."""

from __future__ import annotations

import base64
import json
import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from duban.config import BlobSettings, ElasticSettings, KibanaSettings
from duban.doctor import kibana, originals
from duban.doctor.examination import Asked, examine
from duban.doctor.finding import Finding, look
from duban.doctor.server_clock import clock_of
from duban.kibana import catalogue
from duban.kibana.client import Kibana
from duban.kibana.pinned import VERSION
from duban.kibana.pushing import push_objects
from duban.secret import Secret
from duban.testing.kibana import stand_in

SECRET = "geheim-42"
_PRODUCT = {"X-Elastic-Product": "Elasticsearch", "Content-Type": "application/json"}
_OTHER_VERSION = {"error": {"type": "media_type_header_exception", "reason": "…"}, "status": 400}
_REFUSED = {"error": {"type": "security_exception", "reason": "…"}, "status": 401}


def nodes(version: str) -> dict[str, Any]:
    return {"nodes": {"n": {"name": "n", "version": version}}}


@contextmanager
def answering(status: int, body: object, headers: Mapping[str, str]) -> Iterator[str]:
    """A server that answers everything alike; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing is to be told."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def in_elastic(settings: ElasticSettings) -> Finding:
    pytest.importorskip("elasticsearch")
    from duban.doctor import elastic

    (one,) = look("elastic", settings.url, lambda: elastic.look_at(settings))
    return one


@pytest.mark.parametrize(
    ("status", "body", "headers", "said"),
    [
        (400, _OTHER_VERSION, _PRODUCT, "版本是 8"),
        (200, nodes("8.19.3"), _PRODUCT, "8.19.3"),
        (401, _REFUSED, _PRODUCT, "DUBAN_ELASTIC_API_KEY"),
        (200, {}, {"Content-Type": "application/json"}, "不是 Elasticsearch"),
        (503, {}, _PRODUCT, "503"),
    ],
)
def test_a_search_server_that_will_not_do(
    status: int, body: object, headers: Mapping[str, str], said: str
) -> None:
    with answering(status, body, headers) as url:
        one = in_elastic(ElasticSettings(url=url, timeout_s=5))

    assert one.state == "wrong"
    assert said in one.zh
    assert "\n" not in one.zh + one.en
    assert one.en != one.zh


def told_by_kibana(settings: KibanaSettings) -> Finding:
    first, *_ = all_of_kibana(settings)
    return first


def all_of_kibana(settings: KibanaSettings) -> list[Finding]:
    return look("kibana", settings.url, lambda: kibana.look_at(settings, "duban-"))


@pytest.mark.parametrize(("version", "state"), [(VERSION, "good"), ("8.19.0", "wrong")])
def test_the_kibana_that_the_dashboards_are_made_for(version: str, state: str) -> None:
    with stand_in() as server:
        server.version = version

        one = told_by_kibana(KibanaSettings(url=server.url))

    assert (one.state, version in one.zh) == (state, True)


def test_dashboards_that_are_missing_changed_or_right() -> None:
    with stand_in() as server:
        settings = KibanaSettings(url=server.url)
        _, empty = all_of_kibana(settings)
        with Kibana(settings) as client:
            push_objects(client, catalogue.objects("duban-", {}))
        _, whole = all_of_kibana(settings)
        (name, *_) = [one for one in server.objects if one[0] == "dashboard"]
        server.objects[name]["attributes"]["title"] = "theirs"
        _, changed = all_of_kibana(settings)

    assert (empty.state, empty.mend) == ("wrong", "duban dashboards push")
    assert whole.state == "good"
    assert (changed.state, changed.mend) == ("note", "duban dashboards check")


def test_a_kibana_that_refuses_the_login_is_told_and_no_secret_with_it() -> None:
    with stand_in() as server:
        server.api_key = "another"

        one = told_by_kibana(KibanaSettings(url=server.url, api_key=Secret(SECRET)))

    assert (one.state, one.about) == ("wrong", "kibana")
    assert "DUBAN_KIBANA_API_KEY" in one.zh
    assert SECRET not in one.zh + one.en


def test_what_answers_may_be_no_kibana() -> None:
    with answering(200, {}, {"Content-Type": "application/json"}) as url:
        assert "DUBAN_KIBANA_URL" in told_by_kibana(KibanaSettings(url=url)).zh


def test_no_client_logs_a_secret_at_any_level(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("elastic_transport", "elastic_transport.transport", "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger=name)
    logins: tuple[dict[str, Any], ...] = (
        {"api_key": Secret(SECRET)},
        {"user": "duban", "password": Secret(SECRET)},
    )

    with answering(401, _REFUSED, _PRODUCT) as url:
        for login in logins:
            in_elastic(replace(ElasticSettings(url=url, timeout_s=5), **login))
            told_by_kibana(replace(KibanaSettings(url=url), **login))

    hidden = (SECRET, base64.b64encode(f"duban:{SECRET}".encode()).decode())
    assert caplog.records
    assert not [one for one in hidden if one in caplog.text]


@pytest.mark.parametrize(("server", "state"), [(1000.0, "good"), (1058.0, "good"),
                                               (1200.0, "wrong"), (800.0, "wrong")])  # fmt: skip
def test_a_clock_far_from_ours_is_told(server: float, state: str) -> None:
    one = clock_of("http://e:9200 n", server, 999.9, 1000.1)

    assert one.state == state
    assert (one.mend == "") == (state == "good")


def test_a_slow_answer_is_no_wrong_clock() -> None:
    assert clock_of("e", 1000.0, 1000.0, 1160.0).state == "good"


def test_originals_in_a_folder_are_looked_at_and_elsewhere_tried(tmp_path: Path) -> None:
    (here,) = originals.kept(BlobSettings(url=str(tmp_path)))
    (there,) = originals.kept(BlobSettings(url="memory://doctor"))

    assert (here.state, there.state) == ("good", "good")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("file", ["", "kafka: {address: 'k:1'}"])
def test_an_office_without_kibana_has_nothing_to_mend(tmp_path: Path, file: str) -> None:
    pytest.importorskip("kafka")
    settings = tmp_path / "settings.yaml"
    settings.write_text(file)
    asked = Asked(
        profile="distributed", data=tmp_path, rules=None, alerts=None, kafka="127.0.0.1:1",
        environment={"DUBAN_SETTINGS": str(settings)}, known=(),
    )  # fmt: skip

    told = [one for one in examine(asked) if one.about == "kibana"]

    assert [one.state for one in told] == ["note"]
