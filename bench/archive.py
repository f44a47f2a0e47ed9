"""A data folder with many stored reports, made once for every measurement of a run.

`python -m bench.archive [AGENCIES]` builds it and says where it lies: under the system's folder
for temporary files, unless DUBAN_BENCH_ARCHIVE names one that is used as it is.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import msgspec

from duban import assets
from duban.bootstrap import Machine
from duban.config import Settings
from duban.domain.agency import Agency
from duban.domain.document import Document
from duban.domain.event import Event, PageChecked, ReportPosted, ReportRead, derived_id, record
from duban.domain.report import Report
from duban.intake.unit import NAME as INTAKE
from duban.intake.unit import READER
from duban.ports import Cursor, Step
from duban.reading.reader import read
from duban.samples import make
from duban.samples.portal import roster
from duban.samples.roster import county_name
from duban.testing.clock import SHANGHAI

AGENCIES = int(os.environ.get("DUBAN_BENCH_AGENCIES", "5000"))
YEARS = tuple(range(2019, 2029))
_BODIES = 30  # made and read; the bodies of every other county are like them
_COUNTY = county_name(0)
_AT_ONCE = 500
_WORDS = "△△"
_TOPICS = ("防汛抗旱", "义务教育", "社区养老", "污水处理", "危房改造", "公共交通", "医保结算")
_SLIPS = ("results.granted.total", "results.total.natural_person", "new_received.total")
_SLIP_SHARE = 0.15


@dataclass(frozen=True)
class _Model:
    """A made report as it was read: as JSON, true and with a slip, and where its bytes lie."""

    body: int
    year: int
    texts: tuple[str, ...]
    sha256: str
    size: int
    document_sha256: str
    published_on: str


def folder(agencies: int = AGENCIES) -> Path:
    """The data folder of so many agencies with ten reports each; copy it to change it."""
    given = os.environ.get("DUBAN_BENCH_ARCHIVE")
    if given:
        return Path(given)
    path = Path(tempfile.gettempdir(), f"duban-bench-archive-{agencies}-{_digest()}")
    if not path.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="duban-bench-archive-"))
        build(unfinished, agencies)
        unfinished.rename(path)
    return path


def build(data: Path, agencies: int) -> None:
    """Record the facts of all reports, then judge and index them as the machine does."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as made:
        make(Path(made), seed=11, agencies=_BODIES, years=YEARS, fault_rate=0.3, formats=("html",))
        bodies = roster(Path(made))
        with Machine(Settings(data=data), _placed(bodies, agencies)) as machine:
            models = _models(machine, Path(made), [agency.id for agency in bodies])
            begun = _say(f"{len(models)} reports made and read", begun)
            for events in _batches(models, machine.roster):
                _take_in(machine, events)
            machine.store.log.append([_look(agency) for agency in machine.roster])
            begun = _say(f"{len(machine.roster) * len(YEARS)} reports recorded", begun)
            machine.runner.run_until_idle()
            _say("judged and indexed", begun)


def _placed(bodies: Sequence[Agency], agencies: int) -> list[Agency]:
    """The bodies of one county in as many counties as are needed."""
    placed = []
    for number in range(agencies):
        county, place = divmod(number, len(bodies))
        body = bodies[place]
        placed.append(
            msgspec.structs.replace(
                body,
                id=_id(county, place),
                name=body.name.replace(_COUNTY, county_name(county)),
                parent=_id(county, 0) if place else None,
                columns=(f"http://127.0.0.1/{_id(county, place)}/",),
            )
        )
    return placed


def _id(county: int, place: int) -> str:
    return f"k{county:03}-{place:02}"


def _models(machine: Machine, made: Path, ids: list[str]) -> list[_Model]:
    models = []
    for file in json.loads((made / "truth.json").read_text(encoding="utf-8"))["files"]:
        data = (made / file["path"]).read_bytes()
        found = read(data)
        assert found.reading.report is not None
        assert found.document is not None
        models.append(
            _Model(
                body=ids.index(file["agency_id"]),
                year=file["year"],
                texts=_texts(found.reading.report),
                sha256=machine.store.blobs.put(data),
                size=len(data),
                document_sha256=_put(machine, found.document),
                published_on=file["published_on"],
            )
        )
    return sorted(models, key=lambda model: (model.year, model.body))


def _put(machine: Machine, document: Document) -> str:
    return machine.store.blobs.put(msgspec.json.encode(document))


def _texts(report: Report) -> tuple[str, ...]:
    """The report with room for words of its own: as it is, and with each of the slips."""
    passages = list(report.passages)
    place = next(n for n, p in enumerate(passages) if p.part == 1 and not p.heading)
    passages[place] = msgspec.structs.replace(passages[place], text=passages[place].text + _WORDS)
    report = msgspec.structs.replace(report, passages=tuple(passages))
    return tuple(msgspec.json.encode(one).decode() for one in (report, *_slipped(report)))


def _slipped(report: Report) -> Iterator[Report]:
    table = report.tables.get("applications")
    for path in _SLIPS:
        cell = table.cells.get(path) if table else None
        if table is None or cell is None or not isinstance(cell.value, int):
            continue
        value = cell.value + 9
        wrong = msgspec.structs.replace(cell, value=value, raw=str(value))
        changed = msgspec.structs.replace(table, cells={**table.cells, path: wrong})
        yield msgspec.structs.replace(report, tables={**report.tables, "applications": changed})


def _batches(models: list[_Model], agencies: Sequence[Agency]) -> Iterator[list[Event]]:
    """Posting and reading of every report, year after year, in the order they were posted."""
    chance = Random(5)
    by_body: dict[tuple[int, int], _Model] = {(m.year, m.body): m for m in models}
    batch: list[Event] = []
    for year in YEARS:
        for agency in agencies:
            county, place = (int(part) for part in agency.id[1:].split("-"))
            batch += _events(by_body[year, place], agency, county, chance)
            if len(batch) >= 2 * _AT_ONCE:
                yield batch
                batch = []
    yield batch


def _events(model: _Model, agency: Agency, county: int, chance: Random) -> tuple[Event, Event]:
    text = model.texts[0]
    if chance.random() < _SLIP_SHARE:
        text = chance.choice(model.texts)
    words = f"围绕{chance.choice(_TOPICS)}发布解读{chance.randrange(1000)}篇次。"
    text = text.replace(_COUNTY, county_name(county)).replace(_WORDS, words)
    url = f"{agency.columns[0]}{model.year}.html"
    sha256 = hashlib.sha256(f"{model.sha256}/{county}".encode()).hexdigest()
    at = datetime.fromisoformat(model.published_on).replace(tzinfo=SHANGHAI) + timedelta(
        hours=9, seconds=chance.randrange(30_000)
    )
    posted = ReportPosted(
        sha256=sha256, bytes=model.size, source="crawler", url=url, agency_hint=agency.id,
        year_hint=model.year, published_on=model.published_on,
    )  # fmt: skip
    post = record(posted, id=derived_id(url, "bench", sha256), at=at)
    done = ReportRead(
        posted_id=post.id, sha256=sha256, media="html", reader=READER, agency_id=agency.id,
        year=model.year, assigned_by="list", report=msgspec.json.decode(text, type=Report),
        document_sha256=model.document_sha256, url=url, published_on=model.published_on,
    )  # fmt: skip
    fact_id = derived_id(post.id, INTAKE, READER)
    return post, record(done, id=fact_id, at=at + timedelta(seconds=1), cause=post.id)


def _take_in(machine: Machine, events: list[Event]) -> None:
    """Record postings, and their readings as intake does; nothing is left for it to read."""
    store = machine.store
    store.log.append([event for event in events if event.topic == "posted"])
    before, after = store.states.cursor(INTAKE), Cursor(store.log.head("posted"))
    outputs = tuple(event for event in events if event.topic == "facts")
    store.states.commit(Step(unit=INTAKE, before=before, after=after, outputs=outputs))


def _look(agency: Agency) -> Event:
    """The column was read whole after the last report."""
    at = datetime(YEARS[-1] + 1, 4, 1, 8, tzinfo=SHANGHAI)
    body = PageChecked(
        agency_id=agency.id, url=agency.columns[0], outcome="read", http_status=200,
        links=len(YEARS), whole=True, announced=YEARS,
    )  # fmt: skip
    return record(body, id=derived_id(agency.id, "bench", "look"), at=at)


def _digest() -> str:
    """Of everything that decides what lies in the folder."""
    code = Path(assets.__file__).parent
    files = [Path(__file__), *assets.find("rules").rglob("*.yaml")]
    for part in ("adapters", "domain", "processors", "rulebook", "samples"):
        files += (code / part).rglob("*.py")
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _say(what: str, begun: float) -> float:
    now = time.monotonic()
    print(f"{what}: {now - begun:.0f} s", file=sys.stderr, flush=True)
    return now


if __name__ == "__main__":
    print(folder(int(sys.argv[1]) if sys.argv[1:] else AGENCIES))
