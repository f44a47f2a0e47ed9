"""What judging a report gives: findings, outcomes and a count of both."""

from __future__ import annotations

from typing import Literal

import msgspec

from duban.domain.agency import Kind
from duban.domain.obligation import Obligation
from duban.domain.place import Place
from duban.domain.report import Report
from duban.domain.severity import Severity as Severity

Blame = Literal["agency", "site", "reading"]
OutcomeName = Literal["pass", "fail", "cannot_tell", "not_applicable"]
Scalar = int | float | str | None


class Suspect(msgspec.Struct, frozen=True):
    """The smallest set of cells that would explain the failures, and what they should be."""

    cells: tuple[str, ...]
    proposed: dict[str, int | float]
    why: str


class Failed(msgspec.Struct, frozen=True):
    """One broken assertion inside a grouped finding; decisions bind to these."""

    rule: str
    cells: tuple[str, ...]
    expected: Scalar
    actual: Scalar
    fingerprint: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault; fields as in the public check output."""

    rule: str
    severity: Severity
    message: str
    message_en: str
    cells: tuple[str, ...] = ()
    suspect: Suspect | None = None
    expected: Scalar = None
    actual: Scalar = None
    quote: str | None = None
    at: Place | None = None
    basis: tuple[str, ...] = ()
    blame: Blame = "agency"
    fingerprint: str = ""
    evidence: str = ""
    failed: tuple[Failed, ...] = ()


class Outcome(msgspec.Struct, frozen=True):
    """What one rule (or one of its assertions) came to, with the reason in Chinese."""

    rule: str
    outcome: OutcomeName
    because: str


class Coverage(msgspec.Struct, frozen=True):
    """Assertions by outcome; the four add up to `assertions`."""

    assertions: int = 0
    passed: int = msgspec.field(default=0, name="pass")
    fail: int = 0
    cannot_tell: int = 0
    not_applicable: int = 0


class Judgement(msgspec.Struct, frozen=True):
    """Everything the rulebook says of one report.

    `crashed` names the rules that failed with an error of ours (exit code 3 of the checker);
    each has an outcome "cannot_tell" that says so.
    """

    findings: tuple[Finding, ...]
    outcomes: tuple[Outcome, ...]
    coverage: Coverage
    crashed: tuple[str, ...] = ()


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a report from outside it; rules that need more say they cannot tell.

    `names` are the agency's full name, short and former names (the full name first), `prior`
    its reports of earlier years, oldest first. `obligation` is None where nobody watches (a file
    that is only checked), and then `prior` tells nothing of what exists either. The rest is what
    the roster says of the agency: which of `names` it no longer bears, the ISO days from and to
    which it exists, and whether another agency took over when it ended.
    """

    names: tuple[str, ...] = ()
    year: int | None = None
    kind: Kind | None = None
    prior: tuple[Report, ...] = ()
    obligation: Obligation | None = None
    former_names: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    merged: bool = False
