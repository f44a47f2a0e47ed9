"""机关画像: one agency over the years; choose it in the list above the panels."""

from __future__ import annotations

from duban.kibana.boards.shared import (
    BY_AGENCY,
    BY_YEAR,
    LEDGER,
    OPEN,
    OPEN_FINDINGS,
    agency_controls,
    number,
    severity_cases,
    state_cases,
    title,
    words,
)
from duban.kibana.chart import Bars, Table
from duban.kibana.condition import SHOWN, Condition, Is, Known
from duban.kibana.dashboard import Board
from duban.kibana.figure import Count, Each, Figure, Latest, Total
from duban.kibana.panel import ChartPanel, SearchPanel
from duban.kibana.searches import FINDINGS, REPORTS

_WORDS = (
    "先在上方选定机关（或主管机关）；不选时显示全部。一份年报的逐格核对和原件，请在督办的机关页查看。\n\n"
    "Choose an agency above; without a choice all are shown. Cells and originals are on the pages "
    "of duban."
)
_LATE: tuple[Condition, ...] = (*SHOWN, Is("is_late", (True,)))


def board() -> Board:
    """The dashboard."""
    return Board(
        key="agency",
        title=title("agency"),
        english="Profile of an agency: its reports, findings, addresses looked at and alerts.",
        controls=agency_controls("reports"),
        panels=(
            words("agency", _WORDS),
            number("owed", "应公开", "Reports owed", "reports", LEDGER, 12),
            number("late", "逾期", "Late", "reports", _LATE, 12),
            number("findings", "仍存在的问题", "Open findings", "findings", OPEN_FINDINGS, 12),
            number("alerts", "未解除的提醒", "Open alerts", "alerts", (*SHOWN, OPEN), 12),
            ChartPanel(
                key="reports",
                title="各年度问题数（已判定的）",
                english="Findings of each year, where it was judged",
                figure=Figure(
                    view="reports",
                    measures=(
                        Count("年报"),
                        Total("错误", "errors"),
                        Total("疑似", "warnings"),
                        Total("提示", "infos"),
                        Count("逾期", Is("is_late", (True,))),
                    ),
                    groups=(BY_AGENCY, BY_YEAR),
                    where=(*LEDGER, Known("assertions")),
                ),
                chart=Table(),
                width=28,
                height=18,
            ),
            ChartPanel(
                key="states",
                title="各年度状态",
                english="State of each year",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"),),
                    groups=(state_cases(), BY_YEAR),
                    where=LEDGER,
                ),
                chart=Bars(),
                width=20,
                height=18,
            ),
            ChartPanel(
                key="rules",
                title="各规则、各年度",
                english="Findings by rule and year",
                figure=Figure(
                    view="findings",
                    measures=(Count("问题"),),
                    groups=(Each(label="规则", field="rule", most=200), BY_YEAR),
                    where=OPEN_FINDINGS,
                ),
                chart=Table(across=True),
            ),
            ChartPanel(
                key="severities",
                title="各年度问题",
                english="Findings by year and severity",
                figure=Figure(
                    view="findings",
                    measures=(Count("问题"),),
                    groups=(severity_cases(), BY_YEAR),
                    where=OPEN_FINDINGS,
                ),
                chart=Bars(),
            ),
            ChartPanel(
                key="looks",
                title="栏目查看",
                english="The last look at each address of the agency",
                figure=Figure(
                    view="pages",
                    measures=(Count("网址"), Latest("最近", "known_from")),
                    groups=(Each(label="结果", field="outcome", most=10),),
                ),
                chart=Table(),
                width=48,
                height=9,
            ),
            SearchPanel(key="report-list", title=REPORTS.title, search=REPORTS.id),
            SearchPanel(key="finding-list", title=FINDINGS.title, search=FINDINGS.id),
        ),
    )
