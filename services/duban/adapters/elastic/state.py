"""What the indexer remembers of a key: enough to tell what an event changes, and what is news.

The documents follow from it; it is written after them, so that an event whose documents were not
all written is taken again.
"""

from __future__ import annotations

import msgspec

from duban.adapters.embedded.standing import Standing
from duban.domain.agency import Agency
from duban.domain.event import ReportRejected
from duban.domain.severity import Severity


class Version(msgspec.Struct, frozen=True, omit_defaults=True):
    """The current document of a subject: how often it was written, and since when it is so."""

    number: int = 0
    from_us: int = 0

    def known_by(self, at_us: int) -> Version:
        """The same, so since a moment at the latest; nothing where it was never written."""
        if self.number == 0 or self.from_us <= at_us:
            return self
        return Version(self.number, at_us)


class Entry(msgspec.Struct, omit_defaults=True):
    """The agency as the roster has it; `agency` is None where it was only heard of."""

    version: Version = Version()
    position: int = 0  # of the fact that said so
    is_shown: bool = False
    agency: Agency | None = None


class KeptFinding(msgspec.Struct, frozen=True):
    """A finding, as much as is needed to tell the next."""

    version: Version
    revision: int
    is_open: bool
    since_us: int
    rule: str
    severity: Severity


class KeptReport(msgspec.Struct, omit_defaults=True):
    """The report of a year: how it stands, the documents about it, and its findings by fingerprint.

    `reading_stands` is what the document of the reading says; `rules` as the report's tells them.
    """

    standing: Standing = Standing()
    version: Version = Version()
    reading: Version = Version()
    reading_stands: bool = False
    duty: Version = Version()
    rules: tuple[str, ...] = ()
    findings: dict[str, KeptFinding] = msgspec.field(default_factory=dict)


class KeptPage(msgspec.Struct, frozen=True):
    """The last look at an address."""

    version: Version
    position: int


class KeptAlert(msgspec.Struct, frozen=True):
    """An alert, by its last revision."""

    version: Version
    revision: int


class Place(msgspec.Struct, omit_defaults=True):
    """An address: the year of the report last read there, and when it was last withdrawn."""

    year: int | None = None
    gone_us: int | None = None


class KeptReading(msgspec.Struct, frozen=True):
    """Where and when bytes were read as a report."""

    position: int
    at_us: int


class KeptRejection(msgspec.Struct, frozen=True):
    """Bytes that are no report, or were none until they were read; where and when it was said."""

    version: Version
    position: int
    at_us: int
    is_settled: bool
    body: ReportRejected


class KeyState(msgspec.Struct, omit_defaults=True):
    """All of one key: of an agency, or (`rejection` and `readings` alone) of some bytes."""

    number: int = 0  # how often it was written
    seen: dict[str, int] = msgspec.field(default_factory=dict)  # the last facts, by id: where
    entry: Entry = msgspec.field(default_factory=Entry)
    reports: dict[str, KeptReport] = msgspec.field(default_factory=dict)
    pages: dict[str, KeptPage] = msgspec.field(default_factory=dict)
    alerts: dict[str, KeptAlert] = msgspec.field(default_factory=dict)
    places: dict[str, Place] = msgspec.field(default_factory=dict)
    rejection: KeptRejection | None = None
    readings: dict[str, KeptReading] = msgspec.field(default_factory=dict)  # the last, by partition

    def report(self, year: int) -> KeptReport:
        """The report of a year; a new one where nothing was known of it."""
        return self.reports.setdefault(str(year), KeptReport())


_BYTES = "sha256:"
ENCODER = msgspec.json.Encoder()


def key_of_bytes(sha256: str) -> str:
    """The key under which rejected bytes are remembered; no agency has it."""
    return f"{_BYTES}{sha256}"


def is_of_bytes(key: str) -> bool:
    """Whether it is the key of some bytes."""
    return key.startswith(_BYTES)


def sha256_of(key: str) -> str:
    """The bytes of such a key."""
    return key.removeprefix(_BYTES)
