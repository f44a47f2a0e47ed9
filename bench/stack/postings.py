"""Made reports to be posted, as many as are needed: each of an agency and year of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from zipfile import ZipFile

import msgspec

from duban.domain.agency import Agency
from duban.domain.event import Event, ReportPosted, derived_id, record
from duban.ports import BlobStore, Clock
from duban.samples.making import make
from duban.samples.portal import roster

AGENCIES = 60
YEARS = range(2019, 2026)


@dataclass(frozen=True)
class Posting:
    """A made file, posted by the like of its agency in another county."""

    path: Path
    media: str
    agency_id: str
    year: int
    published_on: str | None
    number: int

    def data(self) -> bytes:
        """Its bytes, told apart from those of the other counties where nobody reads."""
        data = self.path.read_bytes()
        if self.media == "docx":
            packed = io.BytesIO(data)
            with ZipFile(packed, "a") as archive:
                archive.comment = str(self.number).encode()
            return packed.getvalue()
        mark = f"<!-- {self.number} -->" if self.media == "html" else f"% {self.number}"
        return data + f"\n{mark}\n".encode()

    def event(self, blobs: BlobStore, clock: Clock) -> Event:
        """Keep the bytes; the event that says so."""
        data = self.data()
        sha256 = blobs.put(data)
        url = f"http://127.0.0.1/{self.agency_id}/{self.year}"
        body = ReportPosted(
            sha256=sha256,
            bytes=len(data),
            source="crawler",
            url=url,
            agency_hint=self.agency_id,
            year_hint=self.year,
            published_on=self.published_on,
        )
        return record(body, id=derived_id(url, "bench", sha256), at=clock.now())


@dataclass(frozen=True)
class Office:
    """Reports in the order of posting, and the agencies they are of."""

    roster: Sequence[Agency]
    postings: list[Posting]


def office(folder: Path, count: int, mix: Mapping[str, float]) -> Office:
    """A made county, and as many more with the same reports as `count` of them need."""
    made = folder / "county"
    if not made.exists():
        make(made, seed=3, agencies=AGENCIES, years=YEARS, fault_rate=0.3, processes=2)
    files = json.loads((made / "truth.json").read_text(encoding="utf-8"))["files"]
    chance = Random(1)
    chance.shuffle(files)
    chosen = [name for name, share in mix.items() for _ in range(round(count * share))]
    chance.shuffle(chosen)
    sources = {name: _endless([f for f in files if f["media"] == name]) for name in mix}
    postings = []
    for number, media in enumerate(chosen):
        county, file = next(sources[media])
        postings.append(
            Posting(
                path=made / file["path"],
                media=media,
                agency_id=f"c{county:03}-{file['agency_id']}",
                year=int(file["year"]),
                published_on=file["published_on"],
                number=number,
            )
        )
    counties = 1 + max(int(one.agency_id[1:4]) for one in postings)
    agencies = [_of(agency, n) for n in range(counties) for agency in roster(made)]
    return Office(agencies, postings)


def _endless(files: Sequence[dict[str, str]]) -> Iterator[tuple[int, dict[str, str]]]:
    county = 0
    while True:
        for file in files:
            yield county, file
        county += 1


def _of(agency: Agency, county: int) -> Agency:
    """The like of an agency in another county."""
    own = f"c{county:03}-{agency.id}"
    parent, after = (
        f"c{county:03}-{one}" if one else None for one in (agency.parent, agency.merged_into)
    )
    columns = (f"http://127.0.0.1/{own}/",)
    return msgspec.structs.replace(
        agency, id=own, parent=parent, columns=columns, merged_into=after
    )
