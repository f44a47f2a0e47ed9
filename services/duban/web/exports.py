"""Tables to take away: findings, matrix and ledger as CSV, with the numbers of the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from duban.domain.view import STATES, FindingQuery, FindingRow, LedgerBy, LedgerRow, ReportRow
from duban.web.questions import Asked, Findings, Selected
from duban.web.selection import days_late, select
from duban.web.site import Site
from duban.web.vocabulary import KINDS, SEVERITIES
from duban.web.vocabulary import STATES as STATE_WORDS

EXPORT_LIMIT = 100_000
_ROWS_AT_ONCE = 1000
_GROUPS: dict[LedgerBy, str] = {"year": "年度", "kind": "类别", "parent": "主管机关"}


def router(site: Site) -> APIRouter:
    """The exports; each honours the filters and the day of the page it belongs to."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/findings.csv")
    def findings(request: Request, query: Findings) -> StreamingResponse:
        head = ("机关", "年度", "级别", "规则", "问题", "应为", "实际", "依据", "指纹", "首次发现")
        return _file(request, "findings", head, _findings(site, query))

    @routes.get("/matrix.csv")
    def matrix(request: Request, asked: Asked, selected: Selected) -> StreamingResponse:
        head = (
            "机关", "类别", "年度", "状态", "错误", "疑似", "期限", "发布日期最早", "发布日期最晚",
            "发布日期依据", "至少迟报天数", "未检索到的核实日期", "说明",
        )  # fmt: skip
        rows = select(site.index.matrix(asked), selected)
        return _file(request, "matrix", head, map(_report, rows))

    @routes.get("/ledger.csv")
    def ledger(request: Request, asked: Asked) -> StreamingResponse:
        head = ("分组", "名称", "应报", *(STATE_WORDS[state][0] for state in STATES), "迟报")
        told = site.index.ledgers(asked)
        rows = chain.from_iterable((_group(by, row) for row in told[by]) for by in _GROUPS)
        return _file(request, "ledger", head, rows)

    return routes


def _file(
    request: Request, name: str, head: Sequence[str], rows: Iterable[Sequence[object]]
) -> StreamingResponse:
    day = getattr(request.state, "as_of", None)
    suffix = f"-{day}" if day else ""
    return StreamingResponse(
        _csv(head, rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}{suffix}.csv"'},
    )


def _csv(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The rows in pieces; a BOM so that office programs read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(head)
    for n, row in enumerate(rows, 1):
        writer.writerow([_safe(value) for value in row])
        if n % _ROWS_AT_ONCE == 0:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()


def _findings(site: Site, query: FindingQuery) -> Iterator[Sequence[object]]:
    """The findings of one moment; the last row says so where there are more than are exported."""
    with site.index.all_findings(query) as (total, rows):
        yield from map(_finding, islice(rows, EXPORT_LIMIT))
    if total > EXPORT_LIMIT:
        yield (
            f"以上只是前 {EXPORT_LIMIT} 条，共 {total} 条：请按年度、级别等缩小范围后分次导出。",
        )


def _finding(row: FindingRow) -> Sequence[object]:
    finding = row.finding
    return (
        row.agency, row.year, SEVERITIES[finding.severity][0], finding.rule, finding.message,
        finding.expected, finding.actual, " ".join(finding.basis), finding.fingerprint,
        row.since.isoformat(timespec="seconds"),
    )  # fmt: skip


def _report(row: ReportRow) -> Sequence[object]:
    duty = row.obligation
    posted = duty.posted if duty else None
    by = {"printed": "页面标注", "bracket": "前后两次查看"}
    why = (duty.reason if duty else None) or (row.reason.message if row.reason else None)
    return (
        row.agency, KINDS[row.kind][0], row.year, STATE_WORDS[row.state][0], row.errors,
        row.warnings, duty.due_on if duty else None, posted.earliest if posted else None,
        posted.latest if posted else None, by[posted.by] if posted else None,
        days_late(duty) if duty else None, duty.absent_on if duty else None, why,
    )  # fmt: skip


def _group(by: LedgerBy, row: LedgerRow) -> Sequence[object]:
    name = KINDS[row.key][0] if by == "kind" else row.name or "（无主管机关）"
    counts = (getattr(row.ledger, state) for state in STATES)
    return (_GROUPS[by], name, row.ledger.owed, *counts, row.late)


#: The wide signs too: spreadsheets in Chinese take them for the narrow ones.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def _safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return "" if value is None else value
