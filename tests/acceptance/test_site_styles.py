"""The real crawler over made sites of every style: each report once, nothing that is none."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.crawler.address import Gate, hosts_of
from duban.crawler.fetch import HttpFetcher
from duban.crawler.memory import Memory
from duban.crawler.pace import Pace
from duban.crawler.poll import Poller
from duban.domain.event import PageChecked, ReportPosted
from duban.samples import make, truth
from duban.samples import site as sites
from duban.samples.lists import Look
from duban.samples.portal import Portal
from duban.samples.site import Site
from duban.testing.clock import MovableClock

YEARS = (2021, 2022, 2023, 2024)
STYLES = ("list", "table", "tree", "branches", "files")


class Crawled(msgspec.Struct):
    """A made site, its truth, and what the crawler posted and told of it."""

    site: Site
    files: list[dict[str, Any]]
    folder: Path
    posted: list[ReportPosted]
    looks: list[PageChecked]

    def of(self, style: str) -> set[str]:
        """The paths of all reports that a style lists."""
        columns = {column.path for column in self.site.columns if column.style == style}
        return {e.files[-1] for e in self.site.entries if e.report and e.column in columns}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Two counties, one whole and one begun, crawled once."""
    folder = tmp_path_factory.mktemp("county")
    make(folder, seed=20260131, agencies=84, years=YEARS, formats=("html", "docx"), gap_rate=0.05)
    with Portal(folder) as portal, EmbeddedStore(folder / "data") as store:
        roster = portal.agencies()
        gate = Gate(hosts_of(roster), allow_loopback=True)
        with HttpFetcher(gate, Pace(0.0)) as fetcher:
            Poller(fetcher, Memory(store.states), store.blobs, MovableClock()).round(roster)
        bodies = [r.event.body for t in ("posted", "facts") for r in store.log.read(t)]
    return Crawled(
        sites.from_json((folder / "site.json").read_bytes()),
        list(truth.entries(folder)),
        folder,
        [body for body in bodies if isinstance(body, ReportPosted)],
        [body for body in bodies if isinstance(body, PageChecked)],
    )


def path_of(posted: ReportPosted) -> str:
    assert posted.url is not None
    return "/" + posted.url.split("/", 3)[3]


@pytest.mark.parametrize("style", STYLES)
def test_every_report_is_posted_once(crawled: Crawled, style: str) -> None:
    there = crawled.of(style)
    found = Counter(path_of(posted) for posted in crawled.posted)
    assert len(there) > 20
    assert {path: found[path] for path in there if found[path] != 1} == {}


def test_nothing_but_reports_is_posted(crawled: Crawled) -> None:
    reports = {entry["path"].removeprefix("site") for entry in crawled.files}
    assert {path_of(posted) for posted in crawled.posted} - reports == set()


def test_the_bytes_posted_are_those_of_the_file(crawled: Crawled) -> None:
    for posted in crawled.posted:
        data = (crawled.folder / "site" / path_of(posted).lstrip("/")).read_bytes()
        assert posted.sha256 == hashlib.sha256(data).hexdigest()


def test_each_report_is_posted_with_its_agency_and_year(crawled: Crawled) -> None:
    true = {e["path"].removeprefix("site"): (e["agency_id"], e["year"]) for e in crawled.files}
    wrong = [
        (path_of(p), p.title, p.agency_hint, p.year_hint)
        for p in crawled.posted
        if (p.agency_hint, p.year_hint) != true[path_of(p)]
    ]
    assert wrong == []


def test_each_report_is_posted_with_the_date_that_its_list_or_page_prints(
    crawled: Crawled,
) -> None:
    looks = {column.path: Look.of(column) for column in crawled.site.columns}
    dated = {
        e.files[-1]: looks[e.column].is_dated
        or (looks[e.column].has_meta and e.href.endswith(".html"))
        for e in crawled.site.entries
        if e.report
    }
    true = {e["path"].removeprefix("site"): e["published_on"] for e in crawled.files}
    wrong = [
        (path_of(p), p.published_on, true[path_of(p)])
        for p in crawled.posted
        if p.published_on != (true[path_of(p)] if dated[path_of(p)] else None)
    ]
    assert wrong == []
    assert not all(dated.values())


def test_every_column_is_told_as_read_whole(crawled: Crawled) -> None:
    lists = {column.first_page for column in crawled.site.columns}
    looks = {}
    for look in crawled.looks:
        path = "/" + look.url.split("/", 3)[3]
        if path in lists:
            looks[path] = (look.outcome, look.whole, look.error)
    assert looks == dict.fromkeys(lists, ("read", True, None))
