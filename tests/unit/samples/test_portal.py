from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from duban.errors import UsageError
from duban.reading.formats.encoding import decode
from duban.samples import make
from duban.samples import site as sites
from duban.samples.lists import list_pages
from duban.samples.portal import Portal, roster


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    make(folder, seed=5, agencies=14, years=(2022, 2023))
    return folder


@pytest.fixture
def county(made: Path) -> Iterator[Path]:
    (made / "portal.json").unlink(missing_ok=True)
    yield made
    (made / "portal.json").unlink(missing_ok=True)


def reports(portal: Portal, county: Path) -> int:
    """How many reports of 2023 the lists show."""
    site = sites.from_json((county / "site.json").read_bytes())
    found = 0
    for column in site.columns:
        mine = [entry for entry in site.entries if entry.column == column.path]
        pages = [portal.page(path) or b"" for path in list_pages(column, mine)]
        text = "".join(decode(page) for page in pages)
        found += sum(
            f"/{entry.href}".rpartition("/")[2] in text for entry in mine if entry.year == 2023
        )
    return found


def test_every_path_of_the_truth_is_served_with_its_type(county: Path) -> None:
    files = json.loads((county / "truth.json").read_text("utf-8"))["files"]
    with Portal(county) as portal, httpx.Client(base_url=portal.address) as client:
        for entry in files:
            answer = client.get(entry["path"].removeprefix("site"))
            assert answer.status_code == 200
            assert answer.content == (county / entry["path"]).read_bytes()
            kind = answer.headers["content-type"]
            assert {"html": "text/html", "pdf": "application/pdf"}.get(entry["media"], kind) == kind
        assert client.get("/").status_code == 200
        assert client.get("/nowhere.html").status_code == 404


def test_a_page_that_did_not_change_is_not_sent_again(county: Path) -> None:
    with Portal(county) as portal, httpx.Client(base_url=portal.address) as client:
        first = client.get("/wl002/gknb/index.html")
        again = client.get(
            "/wl002/gknb/index.html", headers={"If-None-Match": first.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        path = json.loads((county / "truth.json").read_text("utf-8"))["files"][0]["path"]
        report = client.get(path.removeprefix("site"))
        since = {"If-Modified-Since": report.headers["last-modified"]}
        assert client.get(path.removeprefix("site"), headers=since).status_code == 304
        early = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
        assert client.get(path.removeprefix("site"), headers=early).status_code == 200
        odd = {"If-Modified-Since": "no date"}
        assert client.get(path.removeprefix("site"), headers=odd).status_code == 200


def test_head_answers_without_a_body(county: Path) -> None:
    with Portal(county) as portal:
        answer = httpx.head(portal.address + "/index.html")
        assert answer.status_code == 200
        assert answer.content == b""
        assert int(answer.headers["content-length"]) > 100


def test_nothing_outside_the_site_is_served(county: Path) -> None:
    with Portal(county) as portal:
        host, port = portal.address.removeprefix("http://").split(":")
        for path in (
            "/../truth.json",
            "/%2e%2e/truth.json",
            "/wl001/../../roster.yaml",
            "//etc/passwd",
        ):
            with socket.create_connection((host, int(port))) as raw:
                raw.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                assert raw.recv(100).startswith(b"HTTP/1.1 404")


def test_held_back_reports_appear_one_after_the_other(county: Path) -> None:
    with Portal(county, release_every_s=3600) as portal:
        shown, waiting = reports(portal, county), portal.waiting
        assert waiting == 14 - 6
        assert shown == 6
        before = httpx.get(portal.agencies()[0].columns[0]).headers["etag"]
        while portal.release_one():
            pass
        assert reports(portal, county) == 14
        assert portal.waiting == 0
        assert isinstance(before, str)


def test_a_held_back_report_has_neither_page_nor_attachment(county: Path) -> None:
    with (
        Portal(county, release_every_s=3600) as portal,
        httpx.Client(base_url=portal.address) as client,
    ):
        files = json.loads((county / "truth.json").read_text("utf-8"))["files"]
        paths = [f["path"].removeprefix("site") for f in files if f["year"] == 2023]
        assert sum(client.get(path).status_code == 404 for path in paths) == portal.waiting
        portal.release_one()
        assert sum(client.get(path).status_code == 404 for path in paths) == portal.waiting


def test_reports_are_released_with_time(county: Path) -> None:
    with Portal(county, release_every_s=0.05) as portal:
        until = time.monotonic() + 10
        while portal.waiting and time.monotonic() < until:
            time.sleep(0.02)
        assert portal.waiting == 0


def test_a_later_start_goes_on_where_the_first_ended(county: Path) -> None:
    with Portal(county, release_every_s=3600) as portal:
        portal.release_one()
        portal.release_one()
        left = portal.waiting
    with Portal(county, release_every_s=3600) as portal:
        assert portal.waiting == left
    (county / "portal.json").write_text("torn", "utf-8")
    with Portal(county, release_every_s=3600) as portal:
        assert portal.waiting == left + 2


def test_a_folder_that_was_not_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="duban samples make"):
        Portal(tmp_path)


def test_a_busy_port_is_told(county: Path) -> None:
    with Portal(county) as portal:
        port = int(portal.address.rsplit(":", 1)[1])
        with pytest.raises(UsageError, match=str(port)):
            Portal(county, port=port).start()


def test_the_roster_is_told_with_the_address_of_the_portal(county: Path) -> None:
    with Portal(county) as portal:
        assert [a.id for a in portal.agencies()] == [a.id for a in roster(county)]
        assert all(a.columns[0].startswith(portal.address + "/") for a in portal.agencies())


def test_the_portal_listens_on_loopback_only(county: Path) -> None:
    with Portal(county) as portal:
        assert portal.address.startswith("http://127.0.0.1:")
