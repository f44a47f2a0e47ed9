"""What happens in one drill, all of it drawn from the seed: agencies, days, pages."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from duban.domain.agency import Agency
from duban.intake.job import Answer, Job, ReadJob
from duban.intake.perform import reading
from duban.ports import Page
from duban.samples.making import make
from duban.samples.portal import roster

HOST = "http://127.0.0.1:9"  # never asked: the plan itself answers
_BEGIN = date(2025, 1, 29)
_DAYS = 4
_STRAYS = (b"<html><body><p>\xe5\x85\xb3\xe4\xba\x8e\xe6\x94\xbe\xe5\x81\x87</p></body></html>",)


class Paper(NamedTuple):
    """A made report."""

    agency_id: str
    year: int
    data: bytes
    ending: str


class Pool:
    """Papers made once, and what reading them gives, so that a drill need not read them anew."""

    def __init__(self, folder: Path) -> None:
        make(folder, seed=11, agencies=6, years=(2023, 2024), fault_rate=0.5, formats=("html",))
        self.agencies = tuple(roster(folder))
        files = json.loads((folder / "truth.json").read_text("utf-8"))["files"]
        self.papers = tuple(_paper(folder, file) for file in files)
        perform = reading()
        self._answers: dict[str, Answer] = {}
        for data in (*(paper.data for paper in self.papers), *_STRAYS):
            answer = perform(ReadJob(data=data, keep_document=True))
            self._answers[hashlib.sha256(data).hexdigest()] = answer

    def read(self, job: Job) -> Answer:
        """The answer of a reading process."""
        assert isinstance(job, ReadJob)
        return self._answers[hashlib.sha256(job.data).hexdigest()]


class Plan:
    """A few days of a few agencies; the same seed gives the same pages."""

    def __init__(self, pool: Pool, seed: int) -> None:
        chance = random.Random(seed)
        chosen = chance.sample(pool.agencies, chance.randint(2, 4))
        self.agencies = tuple(_watched(agency) for agency in chosen)
        self.days = tuple(_BEGIN + timedelta(days=n) for n in range(_DAYS))
        self._shown: list[dict[str, bytes]] = [{} for _ in self.days]
        self.posted: set[str] = set()
        for agency in self.agencies:
            own = [paper for paper in pool.papers if paper.agency_id == agency.id]
            for paper in own:
                self._post(chance, agency, paper, pool)

    def page(self, day: int, path: str) -> bytes | None:
        """The bytes at a path on a day; None where there is nothing."""
        for agency in self.agencies:
            if path == f"/{agency.id}/":
                return self._listing(day, agency)
        return self._shown[day].get(path)

    def _post(self, chance: random.Random, agency: Agency, paper: Paper, pool: Pool) -> None:
        """From some day on, perhaps never; perhaps other bytes later, perhaps gone again."""
        path = f"/{agency.id}/{paper.year}.{paper.ending}"
        first = chance.randint(0, len(self.days))
        data = paper.data if chance.random() < 0.9 else _STRAYS[0]
        for day in range(first, len(self.days)):
            if day > first and chance.random() < 0.3:
                data = chance.choice(pool.papers).data
            if day > first and chance.random() < 0.15:
                break
            self._shown[day][path] = data
            self.posted.add(hashlib.sha256(data).hexdigest())

    def _listing(self, day: int, agency: Agency) -> bytes:
        links = "".join(
            f'<li><a href="{path}">{agency.name}{path[-9:-5]}年政府信息公开工作年度报告</a>'
            "<span>2025-01-20</span></li>"
            for path in sorted(self._shown[day])
            if path.startswith(f"/{agency.id}/")
        )
        filler = "政府信息公开年报栏目。" * 40
        return (
            f'<html><head><meta charset="utf-8"><title>年报</title></head><body><ul>{links}</ul>'
            f"<p>{filler}</p></body></html>"
        ).encode()


class PlannedSite:
    """A fetcher over the plan on one day."""

    def __init__(self, plan: Plan, day: int) -> None:
        self._plan, self._day = plan, day

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        body = self._plan.page(self._day, url.removeprefix(HOST))
        headers: Mapping[str, str] = {"content-type": "text/html"}
        if body is None:
            gone = b"<html><body>404</body></html>"
            return Page(url=url, status=404, headers=headers, body=gone)
        seal = hashlib.sha256(body).hexdigest()[:16]
        if etag == seal:
            return Page(url=url, status=304, headers=headers, body=b"", not_modified=True)
        return Page(url=url, status=200, headers={**headers, "etag": seal}, body=body)


def _watched(agency: Agency) -> Agency:
    return msgspec.structs.replace(agency, columns=(f"{HOST}/{agency.id}/",), parent=None)


def _paper(folder: Path, file: dict[str, str]) -> Paper:
    path = folder / file["path"]
    return Paper(file["agency_id"], int(file["year"]), path.read_bytes(), path.suffix[1:])
