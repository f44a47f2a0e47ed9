"""What each panel must show, worked out from the answers that our own pages are made of."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from duban.domain import event as events
from duban.domain.alert_body import AlertOpened
from duban.domain.form import COLUMNS, DISPUTE_COLUMNS, DISPUTE_GROUPS, application_rows
from duban.domain.report import Regime
from duban.domain.view import (
    STATES,
    FindingQuery,
    FindingRow,
    Ledger,
    LedgerBy,
    Look,
    ReportRow,
    ReportView,
    Scope,
)
from duban.ports import Index, Recorded
from duban.web.vocabulary import SEVERITIES
from duban.web.vocabulary import STATES as STATE_WORDS

Row = dict[str, Any]
SHANGHAI = timezone(timedelta(hours=8))
MISSING = "__missing__"
EVERYWHERE = Scope()


class Pages:
    """The answers of the index, each asked once."""

    def __init__(self, index: Index, history: Sequence[Recorded]) -> None:
        self.index = index
        self.overview = index.overview(EVERYWHERE)
        self.reports: Sequence[ReportRow] = index.matrix(EVERYWHERE)
        every = FindingQuery(limit=10_000)
        self.findings: Sequence[FindingRow] = index.findings(every).rows
        self.rejected = index.rejected(EVERYWHERE, limit=10_000)
        self.aside = index.aside(EVERYWHERE, limit=10_000)
        self.views: list[tuple[ReportRow, ReportView]] = [
            (row, view)
            for row in self.reports
            if (view := index.report(row.agency_id, row.year, EVERYWHERE)) is not None
        ]
        ids = {one.event.body.agency.id for one in history if _names_agency(one)}  # type: ignore[union-attr]
        agencies = [index.agency(one, EVERYWHERE) for one in sorted(ids)]
        self.agencies = [one.agency for one in agencies if one is not None]
        self.looks: list[Look] = [look for one in agencies if one is not None for look in one.looks]
        self.alerts = self._alerts(history)

    def _alerts(self, history: Sequence[Recorded]) -> list[AlertOpened]:
        """The alerts that stand, of agencies of the roster (no page lists them yet)."""
        last: dict[tuple[str, int, str], AlertOpened] = {}
        for one in history:
            if isinstance(one.event.body, AlertOpened):
                last[one.event.body.agency_id, one.event.body.year, one.event.body.kind] = (
                    one.event.body
                )
        known = {one.id for one in self.agencies}
        standing = [one for one in last.values() if not isinstance(one, events.AlertResolved)]
        return [one for one in standing if one.agency_id in known]

    def of_state(self, *states: str) -> list[ReportRow]:
        return [row for row in self.reports if row.state in states]

    def late(self) -> list[ReportRow]:
        return [row for row in self.reports if _is_late(row)]

    def standing(self) -> list[tuple[ReportRow, ReportView]]:
        """The reports that were read and are still there; pages show withdrawn ones too."""
        judged = ("compliant", "failing")
        return [(row, view) for row, view in self.views if row.state in judged]

    def judged(self) -> list[ReportRow]:
        """The years that were judged, those without a report included."""
        return [row for row, view in self.views if view.coverage is not None]

    def kind_of(self, agency_id: str) -> str:
        return next(one.kind for one in self.agencies if one.id == agency_id)


Expected = Callable[[Pages], Iterable[Row]]


def number(label: str, of: Callable[[Pages], int | float]) -> Expected:
    return lambda pages: [{label: of(pages)}]


def ledger(label: str, by: LedgerBy) -> Expected:
    def rows(pages: Pages) -> Iterable[Row]:
        for row in pages.index.ledger(EVERYWHERE, by):
            key: Any = int(row.key) if by == "year" else row.key or MISSING
            counts = {STATE_WORDS[state][0]: getattr(row.ledger, state) for state in STATES}
            yield {label: key, "应公开": row.ledger.owed, **counts, "逾期": row.late}

    return rows


def counted(
    labels: Sequence[str],
    measure: str,
    of: Callable[[Pages], Iterable[Any]],
    keys: Callable[[Any], tuple[Any, ...]],
) -> Expected:
    """How many of `of` have each combination of `keys`."""

    def rows(pages: Pages) -> Iterable[Row]:
        for key, count in Counter(keys(one) for one in of(pages)).items():
            yield {**dict(zip(labels, key, strict=True)), measure: count}

    return rows


def tallied(
    labels: Sequence[str],
    of: Callable[[Pages], Iterable[Any]],
    keys: Callable[[Any], tuple[Any, ...]],
    measures: Mapping[str, Callable[[list[Any]], Any]],
) -> Expected:
    """Measures over all of `of` that have the same `keys`."""

    def rows(pages: Pages) -> Iterable[Row]:
        groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        for one in of(pages):
            groups[keys(one)].append(one)
        for key, found in groups.items():
            told = {label: measure(found) for label, measure in measures.items()}
            yield {**dict(zip(labels, key, strict=True)), **told}

    return rows


def _names_agency(one: Recorded) -> bool:
    return isinstance(one.event.body, events.AgencyRegistered)


def _is_late(row: ReportRow) -> bool:
    duty = row.obligation
    return duty is not None and duty.stage == "present" and duty.gravity is not None


def _severity(row: FindingRow) -> str:
    return SEVERITIES[row.finding.severity][0]


def _of(severity: str) -> Callable[[list[FindingRow]], int]:
    return lambda rows: sum(row.finding.severity == severity for row in rows)


def _state(name: str) -> Callable[[list[ReportRow]], int]:
    return lambda rows: sum(row.state == name for row in rows)


def _cell(view: ReportView, path: str) -> float | None:
    assert view.report is not None
    cell = view.report.cell(path)
    return float(cell.value) if cell is not None and cell.value is not None else None


def _total(path: str) -> Callable[[list[tuple[ReportRow, ReportView]]], float]:
    return lambda found: sum(_cell(view, path) or 0.0 for _, view in found)


def _month(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-01T00:00:00.000+08:00")


def _day(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%dT00:00:00.000+08:00")


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _latest_day(days: Iterable[str | None]) -> str:
    return max(f"{day}T00:00:00.000Z" for day in days if day)


_RECEIVED = "applications.new_received.total"
_REQUESTS: Mapping[str, Callable[[list[Any]], Any]] = {
    "年报": len,
    "有数字的年报": lambda found: sum(_cell(view, _RECEIVED) is not None for _, view in found),
    "本年新收": _total(_RECEIVED),
    "上年结转": _total("applications.carried_over.total"),
    "办理结果总计": _total("applications.results.total.total"),
    "结转下年度": _total("applications.carried_forward.total"),
}


def _figures(
    label: str, key: Callable[[ReportRow], Any], measures: Mapping[str, Callable[[list[Any]], Any]]
) -> Expected:
    return tallied((label,), _with_tables, lambda found: (key(found[0]),), measures)


def _with_tables(pages: Pages) -> list[tuple[ReportRow, ReportView]]:
    return [found for found in pages.standing() if _form(found) in ("R2019", "R2021")]


def _form(found: tuple[ReportRow, ReportView]) -> str | None:
    return found[1].report.regime if found[1].report else None


def _results(form: Regime) -> Expected:
    sums = {
        row.label: _total(f"applications.{row.field}.total")
        for row in application_rows(form)
        if row.field.startswith("results.")
    }
    return tallied(
        ("年度",),
        lambda pages: [found for found in pages.standing() if _form(found) == form],
        lambda found: (found[0].year,),
        {"年报": len, **sums},
    )


def _sum_of(path: str) -> Callable[[Pages], float]:
    return lambda pages: _total(path)(pages.standing())


_APPLICANTS = {
    column.label: _total(f"applications.new_received.{column.field}") for column in COLUMNS[:-1]
}
_DISPUTES = {
    f"{group.label}：{column.label}": _total(f"disputes.{group.field}.{column.field}")
    for group in DISPUTE_GROUPS
    for column in DISPUTE_COLUMNS
}


def _by_year(row: ReportRow) -> int:
    return row.year


def _coverage(name: str) -> Callable[[list[Any]], int]:
    return lambda found: sum(getattr(view.coverage, name) for _, view in found)


def _looks(pages: Pages) -> list[Look]:
    return pages.looks


def _open_alerts(pages: Pages) -> int:
    return len(pages.alerts)


def _state_counts(pages: Pages) -> Iterable[Row]:
    total: Ledger = pages.overview.ledger
    for state in STATES:
        yield {"状态": STATE_WORDS[state][0], "年报": getattr(total, state)}


_LOOKS = tallied(
    ("结果",),
    _looks,
    lambda look: (look.check.outcome,),
    {"网址": len, "最近": lambda looks: max(_moment(look.at) for look in looks)},
)
_SEVERITIES_BY_YEAR = counted(
    ("程度", "年度"), "问题", lambda p: p.findings, lambda row: (_severity(row), row.year)
)
_STATES_BY_YEAR = counted(
    ("状态", "年度"), "年报", lambda p: p.reports, lambda row: (STATE_WORDS[row.state][0], row.year)
)

EXPECTED: Mapping[str, Expected] = {
    "overview/agencies": number("机关数", lambda p: p.overview.agencies),
    "overview/owed": number("应公开", lambda p: p.overview.ledger.owed),
    "overview/failing": number("有问题", lambda p: p.overview.ledger.failing),
    "overview/absent": number("未检索到", lambda p: p.overview.ledger.absent),
    "overview/errors": number("错误（仍存在）", lambda p: p.overview.open_errors),
    "overview/warnings": number("疑似（仍存在）", lambda p: p.overview.open_warnings),
    "overview/states": _state_counts,
    "overview/states-by-year": _STATES_BY_YEAR,
    "overview/by-year": ledger("年度", "year"),
    "overview/by-kind": ledger("机关类型", "kind"),
    "overview/by-parent": ledger("主管机关编号", "parent"),
    "overview/rejected": number("未能作为年报的文件", lambda p: p.overview.rejected),
    "overview/aside": number("搁置的事件", lambda p: p.overview.set_aside),
    "late/absent": number("未检索到", lambda p: p.overview.ledger.absent),
    "late/late": number("逾期公开", lambda p: sum(row.late for row in p.overview.by_year)),
    "late/blocked": number("未能核实", lambda p: p.overview.ledger.blocked),
    "late/waiting": number("未到期", lambda p: p.overview.ledger.not_yet_due),
    "late/by-kind": tallied(
        ("机关类型",),
        lambda p: p.of_state("absent", "blocked"),
        lambda row: (row.kind,),
        {"合计": len, "未检索到": _state("absent"), "未能核实": _state("blocked")},
    ),
    "late/gravity": counted(
        ("迟延程度",), "年报", Pages.late, lambda row: (row.obligation.gravity,)
    ),
    "late/by-parent": tallied(
        ("主管机关编号",),
        lambda p: p.reports,
        lambda row: (row.parent or MISSING,),
        {
            "应公开": len,
            "未检索到": _state("absent"),
            "逾期": lambda rows: sum(map(_is_late, rows)),
            "未能核实": _state("blocked"),
        },
    ),
    "late/published": counted(
        ("公开日期",),
        "年报",
        lambda p: [row for row in p.reports if row.published_on],
        lambda row: (f"{row.published_on[:7]}-01T00:00:00.000+08:00",),
    ),
    "late/absent-agencies": tallied(
        ("机关", "年度"),
        lambda p: p.of_state("absent"),
        lambda row: (row.agency, row.year),
        {"年报": len, "截止日": lambda rows: _latest_day(r.obligation.due_on for r in rows)},
    ),
    "late/late-agencies": tallied(
        ("机关", "年度"),
        Pages.late,
        lambda row: (row.agency, row.year),
        {"年报": len, "公开日期": lambda rows: _latest_day(r.published_on for r in rows)},
    ),
    "findings/errors": number("错误", lambda p: p.overview.open_errors),
    "findings/warnings": number("疑似", lambda p: p.overview.open_warnings),
    "findings/infos": number("提示", lambda p: p.overview.open_infos),
    "findings/by-rule": tallied(
        ("规则",),
        lambda p: p.findings,
        lambda row: (row.finding.rule,),
        {
            "问题": len,
            "错误": _of("error"),
            "疑似": _of("warning"),
            "提示": _of("info"),
            "机关数": lambda rows: len({row.agency_id for row in rows}),
        },
    ),
    "findings/by-kind": lambda p: counted(
        ("程度", "机关类型"),
        "问题",
        lambda p: p.findings,
        lambda row: (_severity(row), p.kind_of(row.agency_id)),
    )(p),
    "findings/by-year": _SEVERITIES_BY_YEAR,
    "findings/blame": counted(
        ("归因",), "问题", lambda p: p.findings, lambda row: (row.finding.blame,)
    ),
    "findings/since": counted(
        ("发现时间",), "问题", lambda p: p.findings, lambda row: (_month(row.since),)
    ),
    "findings/agencies": tallied(
        ("机关",),
        lambda p: p.findings,
        lambda row: (row.agency,),
        {"问题": len, "错误": _of("error"), "疑似": _of("warning")},
    ),
    "agency/owed": number("应公开", lambda p: p.overview.ledger.owed),
    "agency/late": number("逾期", lambda p: sum(row.late for row in p.overview.by_year)),
    "agency/findings": number("仍存在的问题", lambda p: len(p.findings)),
    "agency/alerts": number("未解除的提醒", _open_alerts),
    "agency/reports": tallied(
        ("机关", "年度"),
        Pages.judged,
        lambda row: (row.agency, row.year),
        {
            "年报": len,
            "错误": lambda rows: sum(row.errors for row in rows),
            "疑似": lambda rows: sum(row.warnings for row in rows),
            "提示": lambda rows: sum(row.infos for row in rows),
            "逾期": lambda rows: sum(map(_is_late, rows)),
        },
    ),
    "agency/states": _STATES_BY_YEAR,
    "agency/rules": counted(
        ("规则", "年度"), "问题", lambda p: p.findings, lambda row: (row.finding.rule, row.year)
    ),
    "agency/severities": _SEVERITIES_BY_YEAR,
    "agency/looks": _LOOKS,
    "figures/received": number("本年新收申请", _sum_of(_RECEIVED)),
    "figures/carried": number("结转下年度", _sum_of("applications.carried_forward.total")),
    "figures/reconsideration": number("行政复议", _sum_of("disputes.reconsideration.total")),
    "figures/litigation": number(
        "行政诉讼（未经复议）", _sum_of("disputes.litigation_direct.total")
    ),
    "figures/requests": _figures("年度", _by_year, _REQUESTS),
    "figures/results-R2021": _results("R2021"),
    "figures/results-R2019": _results("R2019"),
    "figures/applicants": _figures("年度", _by_year, {"年报": len, **_APPLICANTS}),
    "figures/disputes": _figures("年度", _by_year, {"年报": len, **_DISPUTES}),
    "figures/kinds": _figures("机关类型", lambda row: row.kind, _REQUESTS),
    "figures/parents": _figures("主管机关编号", lambda row: row.parent or MISSING, _REQUESTS),
    "figures/agencies": _figures("机关", lambda row: row.agency, _REQUESTS),
    "figures/over-years": _figures("年度", _by_year, {"本年新收": _total(_RECEIVED)}),
    "pipeline/pages": number("看过的网址", lambda p: p.overview.crawl.pages),
    "pipeline/failed": number("没有看成的网址", lambda p: p.overview.crawl.failed),
    "pipeline/rejected": number("未能作为年报的文件", lambda p: p.overview.rejected),
    "pipeline/aside": number("搁置的事件", lambda p: p.overview.set_aside),
    "pipeline/looks": _LOOKS,
    "pipeline/looks-by-day": counted(("查看日",), "网址", _looks, lambda look: (_day(look.at),)),
    "pipeline/rejected-by-reason": counted(
        ("分类", "原因"), "文件", lambda p: p.rejected, lambda one: (one.status, one.reason.message)
    ),
    "pipeline/unread": counted(
        ("原因",),
        "年报",
        lambda p: p.of_state("unreadable"),
        lambda row: (row.reason.message if row.reason else MISSING,),
    ),
    "pipeline/aside-by-unit": counted(
        ("环节", "事件"), "事件", lambda p: p.aside, lambda one: (one.unit, one.name)
    ),
    "pipeline/coverage": tallied(
        ("年度",),
        lambda p: [one for one in p.views if one[1].coverage is not None],
        lambda one: (one[0].year,),
        {
            "年报": len,
            "判定数": _coverage("assertions"),
            "通过": _coverage("passed"),
            "不通过": _coverage("fail"),
            "无法判断": _coverage("cannot_tell"),
            "不适用": _coverage("not_applicable"),
        },
    ),
    "pipeline/media": counted(
        ("格式",), "年报", Pages.standing, lambda found: (found[1].media,)
    ),
    "pipeline/alerts": tallied(
        ("类型",),
        lambda p: p.alerts,
        lambda one: (one.kind,),
        {"提醒": len, "最近": lambda found: max(_moment(one.since) for one in found)},
    ),
}  # fmt: skip
