"""The fetcher against a real server that lies, drips, explodes and points elsewhere."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from duban.crawler.address import BlockedError, Gate, Host, hosts_of
from duban.crawler.fetch import HttpFetcher
from duban.crawler.pace import Pace
from duban.domain.agency import Agency
from duban.errors import FetchError

INNER = [
    "127.0.0.1", "10.1.2.3", "192.168.1.1", "172.16.0.1", "169.254.169.254", "100.64.0.1",
    "224.0.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:10.0.0.1",
    "64:ff9b::a00:1", "2002:7f00:1::", "255.255.255.255",
]  # fmt: skip


def test_a_page_comes_with_status_headers_and_body(site, fetcher):
    site.page("/a.html", "年报", ETag='"1"')

    page = fetcher.fetch(f"{site.base}/a.html")

    assert (page.status, page.body.decode(), page.headers["etag"]) == (200, "年报", '"1"')
    assert not page.not_modified


def test_it_says_who_it_is_and_whom_to_ask(site, make_fetcher):
    site.page("/a.html")

    make_fetcher(contact="office@example.org").fetch(f"{site.base}/a.html")

    agent = site.asked[-1][1]["user-agent"]
    assert agent.startswith("duban/")
    assert "office@example.org" in agent


def test_a_known_page_is_asked_for_conditionally(site, fetcher):
    site.conditional("/a.html", "年报", '"7"')

    page = fetcher.fetch(f"{site.base}/a.html", etag='"7"', last_modified="x")

    assert page.not_modified
    assert page.body == b""
    assert site.asked[-1][1]["if-modified-since"] == "x"


@pytest.mark.parametrize("status", [404, 410, 500, 503])
def test_a_failure_status_is_an_answer(site, fetcher, status):
    site.page("/a.html", "no", status=status)

    assert fetcher.fetch(f"{site.base}/a.html").status == status


@pytest.mark.parametrize("address", INNER)
def test_a_name_that_leads_inside_is_refused(address):
    gate = Gate([Host("www.a.gov.cn", 80)], resolve=lambda *_: ["93.184.216.34", address])

    with pytest.raises(BlockedError, match="内部地址"):
        gate.check("http://www.a.gov.cn/")


@pytest.mark.parametrize("address", [a for a in INNER if a not in ("127.0.0.1", "::1")])
def test_allowing_loopback_allows_nothing_else(address):
    gate = Gate([Host("www.a.gov.cn", 80)], allow_loopback=True, resolve=lambda *_: [address])
    if address == "2002:7f00:1::":  # an envelope around 127.0.0.1
        return

    with pytest.raises(BlockedError):
        gate.check("http://www.a.gov.cn/")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://www.a.gov.cn/", "file:///etc/passwd", "http://user@www.a.gov.cn/",
        "http://www.b.gov.cn/", "http://www.a.gov.cn:8080/", "http://www.a.gov.cn.evil.com/",
        "http://127.0.0.1/", "http://[::1]/", "javascript:alert(1)", "http:///x",
    ],
)  # fmt: skip
def test_only_hosts_of_the_roster_are_asked(url):
    gate = Gate([Host("www.a.gov.cn", 80)], resolve=lambda *_: ["93.184.216.34"])

    with pytest.raises(FetchError):
        gate.check(url)


def test_the_connection_goes_to_the_address_that_was_checked(site):
    site.page("/a.html", "here")
    answers = iter([["127.0.0.1"], ["127.0.0.1"], ["10.0.0.1"]])
    host = Host("www.a.gov.cn", site.host.port)
    gate = Gate([host], allow_loopback=True, resolve=lambda *_: next(answers))
    with HttpFetcher(gate, Pace(0.0)) as fetcher:
        page = fetcher.fetch(f"http://www.a.gov.cn:{site.host.port}/a.html")

        assert page.body == b"here"
        assert site.asked[-1][1]["host"] == f"www.a.gov.cn:{site.host.port}"
        with pytest.raises(BlockedError, match="内部地址"):
            fetcher.fetch(f"http://www.a.gov.cn:{site.host.port}/a.html")


def test_the_next_address_is_tried_when_one_cannot_be_reached(site):
    site.page("/a.html", "here")
    host = Host("www.a.gov.cn", site.host.port)
    gate = Gate([host], allow_loopback=True, resolve=lambda *_: ["::1", "127.0.0.1"])
    with HttpFetcher(gate, Pace(0.0)) as fetcher:
        assert fetcher.fetch(f"http://www.a.gov.cn:{host.port}/a.html").body == b"here"


def test_redirects_are_followed_within_the_site(site, fetcher):
    site.page("/old", status=301, Location="/new")
    site.page("/new", "年报")

    page = fetcher.fetch(f"{site.base}/old")

    assert (page.body.decode(), page.url) == ("年报", f"{site.base}/new")


@pytest.mark.parametrize(
    "location",
    [
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://localhost/",
        "file:///x",
    ],
)
def test_a_redirect_to_an_inner_or_foreign_address_is_refused(site, fetcher, location):
    site.page("/a.html", status=302, Location=location)

    with pytest.raises(BlockedError):
        fetcher.fetch(f"{site.base}/a.html")


def test_redirects_without_end_are_given_up(site, fetcher):
    site.page("/a.html", status=302, Location="/a.html")

    with pytest.raises(FetchError, match="反复跳转"):
        fetcher.fetch(f"{site.base}/a.html")


def test_a_body_without_end_is_cut_off(site, make_fetcher):
    def endless(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            handler.wfile.write(b"x" * 65536)

    site.pages["/a.html"] = endless

    with pytest.raises(FetchError, match="超过"):
        make_fetcher(max_bytes=5_000_000).fetch(f"{site.base}/a.html")


def test_a_length_above_the_limit_is_believed_at_once(site, make_fetcher):
    site.page("/a.html", "x", Content_Length="999999999999")

    with pytest.raises(FetchError, match="超过"):
        make_fetcher().fetch(f"{site.base}/a.html")


@pytest.mark.parametrize("length", ["100", "abc"])
def test_a_length_that_lies_gives_no_page(site, fetcher, length):
    def short(handler):
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\nabc".encode())
        handler.close_connection = True

    site.pages["/a.html"] = short

    with pytest.raises(FetchError):
        fetcher.fetch(f"{site.base}/a.html")


def test_a_compressed_page_is_unpacked(site, fetcher):
    site.page("/a.html", gzip.compress("年报".encode()), Content_Encoding="gzip")

    assert fetcher.fetch(f"{site.base}/a.html").body.decode() == "年报"


def test_a_compressed_bomb_is_cut_off(site, make_fetcher):
    site.page("/a.html", gzip.compress(b"\0" * 60_000_000), Content_Encoding="gzip")

    with pytest.raises(FetchError, match="超过"):
        make_fetcher(max_bytes=1_000_000).fetch(f"{site.base}/a.html")


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"x" * 9999, mtime=0)[:-9]])
def test_a_spoilt_compressed_page_is_no_page(site, fetcher, body):
    site.page("/a.html", body, Content_Encoding="gzip")

    with pytest.raises(FetchError):
        fetcher.fetch(f"{site.base}/a.html")


@pytest.mark.parametrize("where", ["headers", "body"])
def test_a_slow_drip_ends_with_the_time_limit(site, make_fetcher, where):
    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if where == "body" else b""))
        while True:
            handler.wfile.write(b"X: y\r\n")
            handler.wfile.flush()
            time.sleep(0.05)

    site.pages["/a.html"] = drip
    started = time.monotonic()

    with pytest.raises(FetchError, match="超过时限"):
        make_fetcher(total_s=0.5).fetch(f"{site.base}/a.html")

    assert time.monotonic() - started < 5


def test_a_closed_port_is_an_error_in_words():
    gate = Gate([Host("127.0.0.1", 1)], allow_loopback=True)
    with HttpFetcher(gate, Pace(0.0)) as fetcher, pytest.raises(FetchError, match="连接失败"):
        fetcher.fetch("http://127.0.0.1:1/")


def test_an_unknown_name_is_an_error_in_words():
    def unknown(*_):
        raise OSError("no such name")

    gate = Gate([Host("www.a.gov.cn", 80)], resolve=unknown)

    with pytest.raises(FetchError, match="找不到网站"):
        gate.check("http://www.a.gov.cn/")


class TestRobots:
    def test_what_a_site_forbids_is_not_fetched(self, site, fetcher):
        site.page("/robots.txt", "User-agent: *\nDisallow: /private/\n")
        site.page("/private/a.html", "年报")
        site.page("/a.html", "年报")

        assert fetcher.fetch(f"{site.base}/a.html").status == 200
        with pytest.raises(BlockedError, match="robots"):
            fetcher.fetch(f"{site.base}/private/a.html")
        assert site.paths() == ["/a.html"]

    def test_the_file_is_asked_for_once(self, site, fetcher):
        for _ in range(3):
            fetcher.fetch(f"{site.base}/a.html")

        assert [path for path, _ in site.asked].count("/robots.txt") == 1

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_site_without_the_file_allows_all(self, site, fetcher, status):
        site.page("/robots.txt", "<html>no</html>", status=status)
        site.page("/a.html", "年报")

        assert fetcher.fetch(f"{site.base}/a.html").status == 200

    def test_a_page_in_place_of_the_file_forbids_nothing(self, site, fetcher):
        site.page("/robots.txt", "<html>User-agent: *\nDisallow: /</html>")
        site.page("/a.html", "年报")

        assert fetcher.fetch(f"{site.base}/a.html").status == 200

    def test_while_the_file_cannot_be_had_nothing_is_fetched(self, site, fetcher):
        site.page("/robots.txt", status=503)

        with pytest.raises(FetchError, match="robots"):
            fetcher.fetch(f"{site.base}/a.html")
        assert site.paths() == []


class Clock:
    """A monotonic clock that only waiting moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += seconds


class TestPace:
    def test_requests_to_one_host_keep_their_distance(self):
        clock = Clock()
        pace = Pace(2.0, now=clock, wait=clock.wait)
        for _ in range(3):
            with pace.turn(Host("a", 80)):
                pass

        assert clock.now == 1004.0

    def test_other_hosts_do_not_wait(self):
        clock = Clock()
        pace = Pace(2.0, now=clock, wait=clock.wait)
        for name in "abc":
            with pace.turn(Host(name, 80)):
                pass

        assert clock.now == 1000.0

    def test_a_host_in_trouble_is_left_alone_longer_each_time(self):
        clock = Clock()
        pace = Pace(1.0, now=clock, wait=clock.wait)
        pauses = []
        for _ in range(4):
            before = clock.now
            pace.hold_back(Host("a", 80))
            with pace.turn(Host("a", 80)):
                pauses.append(clock.now - before)

        assert pauses == [2.0, 4.0, 8.0, 16.0]

    def test_a_long_pause_is_told_instead_of_waited_for(self):
        clock = Clock()
        pace = Pace(1.0, now=clock, wait=clock.wait)
        pace.hold_back(Host("a", 80), 600.0)

        with pytest.raises(FetchError, match="600 秒后"), pace.turn(Host("a", 80)):
            pytest.fail("not reached")

    @pytest.mark.parametrize("kind", ["seconds", "date"])
    def test_retry_after_is_respected(self, site, fetcher, kind):
        later = datetime.now(UTC) + timedelta(seconds=600)
        value = "600" if kind == "seconds" else format_datetime(later, usegmt=True)
        site.page("/a.html", status=503, Retry_After=value)

        assert fetcher.fetch(f"{site.base}/a.html").status == 503
        with pytest.raises(FetchError, match=r"(600|5\d\d) 秒后"):
            fetcher.fetch(f"{site.base}/a.html")


def test_the_roster_says_which_hosts_may_be_asked():
    agency = Agency(
        id="a", name="某县财政局", kind="dept_county",
        columns=("http://www.a.gov.cn/gknb/", "http://127.0.0.1:8123/list.html"),
        hosts=("file.a.gov.cn",),
    )  # fmt: skip

    assert hosts_of([agency]) == {
        Host("www.a.gov.cn", 80), Host("www.a.gov.cn", 443), Host("127.0.0.1", 8123),
        Host("file.a.gov.cn", 80), Host("file.a.gov.cn", 443),
    }  # fmt: skip
