"""Reading and judging, warm, html and docx; and html against bare parsing of the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

import lxml.html

from bench import county
from bench.figure import Figure, times
from duban import assets
from duban.domain.finding import Context
from duban.intake.collector import relax_collector
from duban.reading.reader import read
from duban.rulebook import load

RUNS = 9
LARGE = 50_000


def measure() -> Iterator[Figure]:
    """Milliseconds a report, the mean over all made reports."""
    rulebook = load(assets.find("rules"))
    read(county.reports("docx")[0])
    relax_collector()  # as in every reading process

    def handle(data: bytes) -> None:
        report = read(data).reading.report
        if report is not None:
            rulebook.judge(report, Context())

    for media in ("html", "docx"):
        batch = county.reports(media)

        def every(batch: tuple[bytes, ...] = batch) -> None:
            for data in batch:
                handle(data)

        taken = times(every, RUNS)
        mean, fastest = (s / len(batch) * 1000 for s in (taken.median, taken.fastest))
        size = sum(map(len, batch)) / len(batch) / 1024
        yield Figure(
            f"reading and all rules, {media}, warm", mean, "ms", 15,
            f"{len(batch)} reports of {size:.0f} KB on average; median of {RUNS} rounds, the "
            f"fastest {fastest:.1f} ms",
        )  # fmt: skip
    large = _large()
    own = times(lambda: handle(large), RUNS * 4)
    bare = times(lambda: lxml.html.fromstring(large), RUNS * 4)
    ratio = own.median / bare.median
    yield Figure(
        "reading and all rules, large html, against bare parsing", ratio, "times", 20,
        f"{len(large) / 1024:.0f} KB",
    )  # fmt: skip


def _large() -> bytes:
    """The longest made page, filled up with navigation as portals have it."""
    page = max(county.reports("html"), key=len)
    link = b'<li class="nav"><a href="/a/b/c.html" title="x">\xe6\xa0\x8f\xe7\x9b\xae</a></li>\n'
    filler = b"<ul>" + link * ((2 * LARGE - len(page)) // len(link) + 1) + b"</ul>"
    if b"charset=gb" in page[:2000].lower():
        filler = filler.decode().encode("gb18030")
    head, body, rest = page.partition(b"<body")
    end = rest.index(b">") + 1
    return head + body + rest[:end] + filler + rest[end:]
