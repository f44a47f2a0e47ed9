"""What the index knows of an agency's report of a year, from three sources that may come late."""

from __future__ import annotations

import msgspec

from duban.domain.finding import Coverage
from duban.domain.report import Reason
from duban.domain.view import ReportState

NOT_JUDGED = Reason("not_judged", "已检索到报告，尚未完成评判。")


class Read(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The latest reading; `document` is the position whose words stand in the full text."""

    position: int
    document: int
    words: str
    sha256: str
    media: str
    document_sha256: str
    posted_us: int
    title: str
    url: str | None = None
    published_on: str | None = None


class Assessed(msgspec.Struct, frozen=True, kw_only=True):
    """The latest judging."""

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


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All three; each source owns its own, and a newer one replaces the older."""

    read: Read | None = None
    assessed: Assessed | None = None
    refused: Refused | None = None

    @property
    def replaced(self) -> Refused | None:
        """The unreadable bytes that stand in the place of the report, or of none."""
        if self.refused is None or self.read is None:
            return self.refused
        same_place = self.refused.url is not None and self.refused.url == self.read.url
        later = self.refused.position > self.read.position
        return self.refused if same_place and later else None

    @property
    def judged(self) -> Assessed | None:
        """The judging, where it is of the bytes that stand there now."""
        if self.read is None or self.assessed is None or self.replaced is not None:
            return None
        return self.assessed if self.assessed.sha256 == self.read.sha256 else None

    @property
    def state(self) -> ReportState:
        """What the report counts as; nothing counts as clean that was not judged."""
        if self.judged is None:
            return "unreadable" if self.read or self.refused else "absent"
        return "failing" if self.judged.errors else "compliant"

    @property
    def reason(self) -> Reason | None:
        """Why there is no judgement, where there is none."""
        if self.replaced is not None:
            return self.replaced.reason
        return NOT_JUDGED if self.read is not None and self.judged is None else None
