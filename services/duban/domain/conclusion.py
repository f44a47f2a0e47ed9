"""What the events say that follow from facts alone: duties, judgements, findings."""

from __future__ import annotations

from typing import Literal

import msgspec

from duban.domain.finding import Coverage, Finding, Outcome
from duban.domain.obligation import Obligation

Because = Literal[
    "revised", "reread", "rulebook", "prior", "roster", "unreadable", "obligation", "withdrawn"
]


class ObligationDue(msgspec.Struct, frozen=True, kw_only=True):
    """How the duty of an agency for a year stands from now on; `revision` counts from 1."""

    agency_id: str
    revision: int
    obligation: Obligation


class ReportAssessed(msgspec.Struct, frozen=True, kw_only=True):
    """One report was judged with one rulebook; the whole result, findings included."""

    agency_id: str
    year: int
    sha256: str
    revision: int
    rulebook: str
    rulebook_sha256: str
    coverage: Coverage
    errors: int
    warnings: int
    infos: int
    outcomes: tuple[Outcome, ...] = ()


class FindingOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that was not there at the last judging; `revision` counts its changes from 1."""

    agency_id: str
    year: int
    revision: int
    sha256: str
    rulebook: str
    finding: Finding


class FindingChanged(FindingOpened, frozen=True, kw_only=True):
    """The same fault on other grounds, or told differently."""


class FindingResolved(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that is no longer shown, and what changed: other bytes, another reading of them,
    another rulebook, the report of the year before, what the roster says of the agency, the
    obligation (a report came, a day passed), or that the report was withdrawn.

    `unreadable`: the bytes that stand there now cannot be read, so nothing is proved of them.
    """

    agency_id: str
    year: int
    revision: int
    fingerprint: str
    sha256: str
    because: Because
