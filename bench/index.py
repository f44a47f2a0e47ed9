"""Pages and search at 50,000 stored reports: about a minute, and the archive once (bench.archive).

Every question differs from those before it, and nothing is answered from an earlier answer.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from random import Random

from bench import archive
from bench.figure import Figure, percentile
from bench.served import Served, served
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import ReportRead
from duban.domain.view import Scope, SearchQuery

ROUNDS = 120
WARM_UP = 5
YEARS = (2019, 2023, 2028)
COMMON = (
    "府",
    "的",
    "公开",
    "政府",
    "申请",
    "政府信息",
    "依申请公开",
    "政府信息公开工作",
    "主动公开 申请 复议",
)
LENGTHS = (1, 2, 3, 6, 10)


def measure() -> Iterator[Figure]:
    """Wall time in milliseconds of answers to mixed questions, one at a time."""
    chance = Random(5)
    data = archive.folder()
    words = _words(data, chance)
    asked = {
        "front page": (_front(), 200.0),
        "findings page": (_findings(chance), 200.0),
        "search page": (_searches(words, chance), 100.0),
    }
    with served(data) as server:
        for what, (addresses, bound) in asked.items():
            yield _figure(what, server, addresses, bound)
        yield Figure(
            "memory of the process that serves the pages", server.most_mb(), "MB", 400.0,
            "the most it ever held, all pages above asked for",
        )  # fmt: skip
    yield _within(data, words, chance)


def _figure(what: str, server: Served, addresses: list[str], bound: float) -> Figure:
    for address in addresses[:WARM_UP]:
        server.get(address)
    taken = [server.get(address) for address in addresses]
    wall, processor = ([1000 * one[n] for one in taken] for n in (0, 1))
    slowest = addresses[wall.index(max(wall))]
    return Figure(
        f"{what}, p95", percentile(wall, 0.95), "ms", bound,
        f"{len(taken)} different questions; median {percentile(wall, 0.5):.0f} ms, processor time "
        f"median {percentile(processor, 0.5):.0f} ms and p95 {percentile(processor, 0.95):.0f} ms, "
        f"slowest {slowest}",
    )  # fmt: skip


def _front() -> list[str]:
    years = ["", *(f"year={year}" for year in archive.YEARS)]
    kinds = ["", "kind=town_gov", "kind=dept_county", "kind=county_gov"]
    return [f"/?{year}&{kind}" for year, kind in product(years, kinds)]


def _findings(chance: Random) -> list[str]:
    choices: tuple[tuple[str, ...], ...] = (
        ("", "", *(f"year={year}" for year in YEARS)),
        ("", "", "kind=town_gov", "kind=county_gov"),
        ("", "", "severity=error", "severity=warning&severity=info"),
        ("", "", "rule=T3-SUM-ROW", "rule=T3-SUM-COL"),
        ("", "", "", "q=县", "q=合计", "q=县财政局", "q=不存在的词", "q=，"),
        ("order=newest", "order=severity", "order=agency", "order=rule"),
        ("", "", "page=2", "page=20", "page=400"),
        ("", "", "", "state=all"),
    )
    return [f"/findings?{'&'.join(map(chance.choice, choices))}" for _ in range(ROUNDS)]


def _searches(words: list[str], chance: Random) -> list[str]:
    choices = (
        ("", "", "&year=2019", "&year=2028"),
        ("", "", "&kind=town_gov", "&kind=county_gov"),
        ("", "", "&page=2", "&page=30"),
    )
    found = [*COMMON, *chance.sample(words, ROUNDS - len(COMMON))]
    return [f"/search?q={word}{''.join(map(chance.choice, choices))}" for word in found]


def _words(data: Path, chance: Random) -> list[str]:
    """Pieces of what stands in the reports, of each length, and several pieces together."""
    with EmbeddedStore(data) as store:
        head = store.log.head("facts")
        prose: list[str] = []
        while len(prose) < 60:
            after = chance.randrange(head)
            for one in store.log.read("facts", after=after, limit=3):
                if isinstance(one.event.body, ReportRead):
                    lines = [passage.text for passage in one.event.body.report.passages]
                    prose.append(chance.choice([line for line in lines if len(line) > 20]))
    pieces = [_piece(line, length, chance) for line in prose for length in LENGTHS]
    return [*pieces, *(f"{chance.choice(pieces)} {chance.choice(pieces)}" for _ in range(60))]


def _piece(line: str, length: int, chance: Random) -> str:
    begin = chance.randrange(len(line) - length)
    return "".join(line[begin : begin + length].split())


def _within(data: Path, words: list[str], chance: Random) -> Figure:
    """Within one county, and within half of all counties."""
    with EmbeddedStore(data) as store:
        parents = [row.key for row in store.index.ledger(Scope(), "parent") if row.key]
        taken, used = [], []
        for word in [*COMMON, *chance.sample(words, 60)]:
            for roots in ((chance.choice(parents),), tuple(parents[::2])):
                query = SearchQuery(text=word, scope=Scope(jurisdictions=roots))
                before = time.process_time()
                taken.append(store.index.search(query).took_ms)
                used.append(1000 * (time.process_time() - before))
    return Figure(
        "search within a jurisdiction, p95", percentile(taken, 0.95), "ms", 100.0,
        f"{len(taken)} questions, of one county and of half of all; "
        f"median {percentile(taken, 0.5):.0f} ms, processor time median "
        f"{percentile(used, 0.5):.0f} ms and p95 {percentile(used, 0.95):.0f} ms",
    )  # fmt: skip
