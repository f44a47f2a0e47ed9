"""What the index knows of an agency's report of a year, from sources that may come late."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.domain.finding import Coverage
from duban.domain.obligation import Obligation, Stage
from duban.domain.report import Reason
from duban.domain.view import ReportState

NOT_JUDGED = Reason("not_judged", "已检索到报告，尚未完成评判。")
WITHDRAWN = Reason("withdrawn", "原先公开的报告已从网址上撤下。")
_STATES: Mapping[Stage, ReportState | None] = {
    "not_yet_due": "not_yet_due",
    "blocked": "blocked",
    "absent": "absent",
    "waived": "waived",
    "present": "unreadable",  # seen, but nothing of it could be read
    "ended": None,
}


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The latest reading; `document` is where its words stand in the full text."""

    position: int
    posted_id: str
    document: int
    words: str
    sha256: str
    media: str
    document_sha256: str
    posted_us: int
    title: str
    url: str | None = None
    published_on: str | None = None
    is_gone: bool = False


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """The latest judging; `sha256` is empty where there was no report to judge."""

    revision: int
    sha256: str
    rulebook: str
    coverage: Coverage
    errors: int
    warnings: int
    infos: int


class Refused(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The latest bytes that could not be read."""

    position: int
    sha256: str
    media: str
    reason: Reason
    posted_us: int
    url: str | None = None
    is_gone: bool = False


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """How the duty stands, as it was last told."""

    revision: int
    obligation: Obligation


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All four; each source owns its own, and a newer one replaces the older."""

    read: Read | None = None
    assessed: Assessed | None = None
    refused: Refused | None = None
    due: Due | None = None

    @property
    def replaced(self) -> Refused | None:
        """The unreadable bytes that stand in the place of the report, or of none."""
        refused = self.refused
        if refused is None or refused.is_gone:
            return None
        if self.read is None or self.read.is_gone:
            return refused
        same_place = refused.url is not None and refused.url == self.read.url
        return refused if same_place and refused.position > self.read.position else None

    @property
    def present(self) -> Read | None:
        """The reading of the report that stands there now."""
        if self.read is None or self.read.is_gone or self.replaced is not None:
            return None
        return self.read

    @property
    def sha256(self) -> str:
        """The bytes that stand there now; empty where nothing does."""
        stands = self.present or self.replaced
        return stands.sha256 if stands else ""

    @property
    def judged(self) -> Assessed | None:
        """The judging, where it is of what stands there now (or of its absence)."""
        if self.assessed is None or self.assessed.sha256 != self.sha256:
            return None
        return self.assessed

    @property
    def obligation(self) -> Obligation | None:
        """The duty, where there is one."""
        if self.due is None or self.due.obligation.stage == "ended":
            return None
        return self.due.obligation

    @property
    def state(self) -> ReportState | None:
        """What the report counts as, None where none is owed and none is there.

        Nothing counts as clean that was not judged.
        """
        if self.present is not None and self.judged is not None:
            return "failing" if self.judged.errors else "compliant"
        if self.present is not None or self.replaced is not None:
            return "unreadable"
        return _STATES[self.due.obligation.stage] if self.due else None

    @property
    def is_late(self) -> bool:
        """Whether the report was proved to be posted after its last day."""
        duty = self.obligation
        return duty is not None and duty.stage == "present" and duty.gravity is not None

    @property
    def reason(self) -> Reason | None:
        """Why there is no judgement of a report, where there is none."""
        if self.replaced is not None:
            return self.replaced.reason
        if self.present is not None:
            return NOT_JUDGED if self.judged is None else None
        return WITHDRAWN if self.read is not None else None
