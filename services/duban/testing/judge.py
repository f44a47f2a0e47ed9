"""A rulebook of one's own choosing: what a report says is wrong with it is what is found."""

from __future__ import annotations

import re
from collections.abc import Callable

from duban.domain.finding import Context, Coverage, Finding, Judgement, Outcome, Severity
from duban.domain.report import Report
from duban.testing.events import sha256

_FAULT = re.compile(r"(错误|警告|提示)([A-Z]+)(?:=(\w+))?")
_SEVERITIES: dict[str, Severity] = {"错误": "error", "警告": "warning", "提示": "info"}


class SpokenJudge:
    """Finds `错误SUM=5` in the prose as an error of rule SUM on the grounds 5.

    A fault called CARRY shows in the year after too. A report that says 崩溃 breaks the judge,
    unless it was mended.
    An absent report is an error of rule ABSENT on the grounds of its gravity, and one that is
    known to be posted late a warning of rule LATE.
    """

    def __init__(self, *, is_mended: bool = False) -> None:
        self._is_mended = is_mended

    def judge(
        self,
        report: Report | None,
        context: Context,
        before: Callable[[], Report] | None = None,
    ) -> Judgement:
        prose = _prose(report) if report else ""
        if "崩溃" in prose and not self._is_mended:
            raise ZeroDivisionError("规则出错")
        said = [*_FAULT.findall(prose), *_of_obligation(report, context)]
        prior = _FAULT.findall(_prose(before())) if before else []
        findings = tuple(
            Finding(
                rule=rule,
                severity=_SEVERITIES[grade],
                message=f"{rule}不符",
                message_en=f"{rule} does not hold",
                fingerprint=sha256(f"{context.names[:1]}{context.year}{rule}")[:16],
                evidence=f"{grounds}",
            )
            for grade, rule, grounds in (*said, *(fault for fault in prior if fault[1] == "CARRY"))
        )
        outcomes = tuple(Outcome(found.rule, "fail", found.message) for found in findings)
        coverage = Coverage(assertions=len(findings), fail=len(findings))
        return Judgement(findings, outcomes, coverage)


def _of_obligation(report: Report | None, context: Context) -> list[tuple[str, str, str]]:
    due = context.obligation
    if due is None:
        return []
    if report is None:
        return [("错误", "ABSENT", f"{due.gravity}")] if due.stage == "absent" else []
    posted = due.posted if due.gravity else None
    return [("警告", "LATE", posted.latest)] if posted else []


def _prose(report: Report) -> str:
    return "\n".join(passage.text for passage in report.passages)
