"""A rulebook of one's own choosing: what a report says is wrong with it is what is found."""

from __future__ import annotations

import re

from duban.domain.finding import Context, Coverage, Finding, Judgement, Outcome, Severity
from duban.domain.report import Report
from duban.testing.events import sha256

_FAULT = re.compile(r"(错误|警告|提示)([A-Z]+)(?:=(\w+))?")
_SEVERITIES: dict[str, Severity] = {"错误": "error", "警告": "warning", "提示": "info"}


class SpokenJudge:
    """Finds `错误SUM=5` in the prose as an error of rule SUM on the grounds 5.

    `carries` makes it say also what the year before had; `version` shows in the messages.
    """

    def __init__(self, version: str = "1", *, carries: bool = False) -> None:
        self._version = version
        self._carries = carries

    def judge(self, report: Report, context: Context) -> Judgement:
        said = [passage.text for passage in report.passages]
        if self._carries:
            said += [passage.text for prior in context.prior for passage in prior.passages]
        findings = tuple(
            Finding(
                rule=rule,
                severity=_SEVERITIES[grade],
                message=f"{rule}不符",
                message_en=f"{rule} does not hold",
                fingerprint=sha256(f"{context.names[:1]}{context.year}{rule}")[:16],
                evidence=f"{grounds}",
            )
            for grade, rule, grounds in _FAULT.findall("\n".join(said))
        )
        outcomes = tuple(Outcome(found.rule, "fail", found.message) for found in findings)
        coverage = Coverage(assertions=len(findings), fail=len(findings))
        return Judgement(findings, outcomes, coverage)
