"""What the pages ask of Elasticsearch: search, the front page, the findings."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from random import Random
from typing import TypeVar

from bench import archive
from bench.figure import Figure, percentile
from bench.index import COMMON, LENGTHS
from bench.stack.servers import PARTITIONS, Place
from duban.adapters.elastic.asking import Search
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.domain.view import FindingQuery, Scope, SearchQuery

QUESTIONS = 200
WARM_UP = 20
_Question = TypeVar("_Question")
_KINDS = (None, "town_gov", "dept_county", "county_gov")


def answers(here: Place, reports: int) -> Iterator[Figure]:
    """Milliseconds of different questions through the port of the index, one at a time."""
    chance = Random(5)
    with ElasticIndex(here.elastic, lanes=PARTITIONS) as index:
        searches = _searches(index, chance)
        yield _figure("search on Elasticsearch", 100.0, index.search, searches, reports)
        scopes = [Scope(year=year, kind=kind) for year, kind in product(archive.YEARS, _KINDS)]
        fronts = [Scope(), *scopes]
        yield _figure("front page on Elasticsearch", 200.0, index.overview, fronts, reports)
        findings = _findings(chance)
        yield _figure("findings on Elasticsearch", 200.0, index.findings, findings, reports)


def _figure(
    what: str,
    bound: float,
    ask: Callable[[_Question], object],
    asked: Sequence[_Question],
    reports: int,
) -> Figure:
    for question in asked[:WARM_UP]:
        ask(question)
    taken = []
    for question in asked:
        begun = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - begun) * 1000)
    slowest = asked[taken.index(max(taken))]
    return Figure(
        f"{what}, p95", percentile(taken, 0.95), "ms", bound,
        f"{len(taken)} different questions over {reports} reports, one at a time; median "
        f"{percentile(taken, 0.5):.0f} ms, longest {max(taken):.0f} ms ({_words(slowest)})",
    )  # fmt: skip


def _words(question: object) -> str:
    return question.text if isinstance(question, SearchQuery) else repr(question)


def _searches(index: ElasticIndex, chance: Random) -> list[SearchQuery]:
    pieces = _pieces(index, chance)
    parents = [row.key for row in index.ledger(Scope(), "parent") if row.key]
    scopes = [Scope(), Scope(year=2023), Scope(jurisdictions=(parents[0],))]
    return [
        SearchQuery(text=word, scope=chance.choice(scopes), offset=chance.choice((0, 0, 20)))
        for word in (*COMMON, *chance.sample(pieces, QUESTIONS - len(COMMON)))
    ]


def _findings(chance: Random) -> list[FindingQuery]:
    years = (None, None, 2019, 2023, 2028)
    rules = (None, None, "T3-SUM-ROW", "T3-SUM-COL")
    texts = (None, None, None, "县", "合计", "县财政局", "不存在的词", "，")
    return [
        FindingQuery(
            scope=Scope(year=chance.choice(years), kind=chance.choice(_KINDS)),
            rule=chance.choice(rules),
            text=chance.choice(texts),
            order=chance.choice(("newest", "severity", "agency", "rule")),
            offset=chance.choice((0, 0, 50, 1000)),
            open_only=chance.random() < 0.8,
        )
        for _ in range(QUESTIONS)
    ]


def _pieces(index: ElasticIndex, chance: Random) -> Sequence[str]:
    """Pieces of what stands in the reports, of each length, and two pieces together."""
    found = index.asking.one(
        Search(model="readings", filters=[{"term": {"current": True}}], fields=("text",), limit=60)
    )
    pieces = []
    for one in found.sources:
        line = chance.choice([line for line in one["text"].splitlines() if len(line) > 20])
        for length in LENGTHS:
            begin = chance.randrange(len(line) - length)
            pieces.append("".join(line[begin : begin + length].split()))
    found_pieces = sorted({piece for piece in pieces if piece})
    pairs = [f"{chance.choice(found_pieces)} {chance.choice(found_pieces)}" for _ in range(60)]
    return [*found_pieces, *pairs]
