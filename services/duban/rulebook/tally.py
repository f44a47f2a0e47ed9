"""What a rule came to in one report: assertions that passed, failed, or could not be told."""

from __future__ import annotations

from dataclasses import dataclass, field

from duban.domain.finding import Scalar, Severity
from duban.domain.place import Place
from duban.rulebook.environment import Elements
from duban.rulebook.rule import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One assertion that failed."""

    rule: Rule
    severity: Severity
    message: str
    message_en: str
    cells: tuple[str, ...]
    expected: Scalar
    actual: Scalar
    quote: str | None
    at: Place | None
    fingerprint: str
    evidence: str
    group: str | None
    elements: Elements


@dataclass(slots=True)
class Tally:
    """What one rule came to in one report."""

    passed: int = 0
    broken: list[Broken] = field(default_factory=list)
    cannot_tell: dict[str, int] = field(default_factory=dict)
    not_applicable: dict[str, int] = field(default_factory=dict)
    crashed: bool = False

    def note(self, outcome: str, because: str) -> None:
        """Count one assertion that neither passed nor failed."""
        counts = self.cannot_tell if outcome == "cannot_tell" else self.not_applicable
        counts[because] = counts.get(because, 0) + 1
