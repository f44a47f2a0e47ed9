"""`/metrics`, `/healthz` and `/readyz`: for programs, by any name, and figures to few."""

from __future__ import annotations

import ipaddress
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx
import msgspec
import pytest
import uvicorn

from duban.cli.listening import address, networks, take_port
from duban.errors import UsageError
from duban.web.app import create_app
from duban.web.machinery import PATHS
from duban.web.site import Site

FOREIGN = {"X-Forwarded-For": "203.0.113.9"}


class Spoken:
    """A machinery that says what it was told to."""

    def __init__(self, *, ok: bool = True) -> None:
        self.ok = ok

    def figures(self) -> bytes:
        return b"duban_clock_trusted 1.0\n"

    def alive(self) -> Mapping[str, bool]:
        return {"units": self.ok}

    def ready(self) -> Mapping[str, bool]:
        return {"units": True, "views": self.ok}


@contextmanager
def pages(site: Site, *, ok: bool = True, scrapers: tuple[str, ...] = ()) -> Iterator[httpx.Client]:
    given = msgspec.structs.replace(
        site, machinery=Spoken(ok=ok), scrapers=networks(scrapers), hosts=("127.0.0.1",)
    )
    with take_port("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(given), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=address(listener), timeout=60) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()


def test_figures_are_in_the_text_format(site: Site) -> None:
    with pages(site) as client:
        answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert answer.text == "duban_clock_trusted 1.0\n"


@pytest.mark.parametrize("path", PATHS)
def test_a_scraper_may_ask_by_any_name_and_as_from_any_site(site: Site, path: str) -> None:
    headers = {"Host": "duban.internal:8080", "Sec-Fetch-Site": "cross-site", "Origin": "http://x"}
    with pages(site) as client:
        assert client.get(path, headers=headers).status_code == 200
        assert client.get("/", headers=headers).status_code == 400
        assert client.get(path + "/x", headers=headers).status_code == 400


def test_figures_are_for_this_machine_unless_told_otherwise(site: Site) -> None:
    with pages(site) as client:
        refused = client.get("/metrics", headers=FOREIGN)
        health = client.get("/healthz", headers=FOREIGN)
    with pages(site, scrapers=("203.0.113.0/24",)) as client:
        allowed = client.get("/metrics", headers=FOREIGN)
        other = client.get("/metrics", headers={"X-Forwarded-For": "198.51.100.1"})

    assert (refused.status_code, allowed.status_code, other.status_code) == (403, 200, 403)
    assert "duban_" not in refused.text
    assert health.status_code == 200


def test_what_is_not_well_is_told_with_503_and_the_name_of_the_check(site: Site) -> None:
    with pages(site, ok=False) as client:
        alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, ready.status_code) == (503, 503)
    assert alive.json() == {"ok": False, "checks": {"units": False}}
    assert ready.json() == {"ok": False, "checks": {"units": True, "views": False}}


@pytest.mark.parametrize("path", PATHS)
def test_nothing_can_be_sent_there(site: Site, path: str) -> None:
    with pages(site) as client:
        assert client.post(path).status_code == 405


def test_the_interface_for_programs_does_not_list_them(site: Site) -> None:
    with pages(site) as client:
        described = client.get("/api/v1/openapi.json").json()

    assert not set(PATHS) & set(described["paths"])


def test_a_network_that_is_none_is_refused_with_a_sentence() -> None:
    assert networks(["10.1.2.0/24", "::1"]) == (
        ipaddress.ip_network("10.1.2.0/24"),
        ipaddress.ip_network("::1/128"),
    )
    with pytest.raises(UsageError, match=r"10\.1\.2\.3/24 不是网段"):
        networks(["10.1.2.3/24"])
