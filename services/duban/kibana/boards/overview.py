"""总览与台账: how every report that is owed stands."""

from __future__ import annotations

from duban.kibana.boards.shared import (
    BY_KIND,
    BY_PARENT,
    BY_YEAR,
    LEDGER,
    OPEN_FINDINGS,
    by_state,
    number,
    of_year_controls,
    state_cases,
    title,
    words,
)
from duban.kibana.chart import Bars, Ring, Table
from duban.kibana.condition import CURRENT, SHOWN, Condition, Is
from duban.kibana.dashboard import Board
from duban.kibana.figure import Count, Each, Figure
from duban.kibana.panel import ChartPanel

_WORDS = (
    "每份应公开的年报恰好归入七种状态之一，七项之和等于“应公开”，与督办首页和台账页一致。"
    "“未能核实”不等于没有公开。这里只显示当前情况；查某日所知、作出处理，请用督办页面。\n\n"
    "Every report that is owed stands in exactly one of seven states, as on the pages of duban."
)

_UNSETTLED: tuple[Condition, ...] = (*CURRENT, Is("settled", (False,)))


def board() -> Board:
    """The dashboard."""
    return Board(
        key="overview",
        title=title("overview"),
        english="Coverage ledger: what is owed and how each of it stands, by year, kind of "
        "agency and supervising agency.",
        controls=of_year_controls("reports"),
        panels=(
            words("overview", _WORDS),
            number("agencies", "机关数", "Agencies of the roster", "agencies", SHOWN),
            number("owed", "应公开", "Reports owed", "reports", LEDGER),
            _of("failing", "有问题", "With at least one error"),
            _of("absent", "未检索到", "Proved not to be there"),
            number("errors", "错误（仍存在）", "Open errors", "findings", _open("error")),
            number("warnings", "疑似（仍存在）", "Open warnings", "findings", _open("warning")),
            ChartPanel(
                key="states",
                title="各状态",
                english="Reports by state",
                figure=Figure(
                    view="reports", measures=(Count("年报"),), groups=(state_cases(),), where=LEDGER
                ),
                chart=Ring(),
                width=16,
            ),
            ChartPanel(
                key="states-by-year",
                title="各年度、各状态",
                english="Reports by year and state",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"),),
                    groups=(state_cases(), BY_YEAR),
                    where=LEDGER,
                ),
                chart=Bars(),
                width=32,
            ),
            _ledger("by-year", "台账：按年度", "Ledger by year", BY_YEAR),
            _ledger("by-kind", "台账：按机关类型", "Ledger by kind of agency", BY_KIND),
            _ledger("by-parent", "台账：按主管机关", "Ledger by supervising agency", BY_PARENT),
            number("rejected", "未能作为年报的文件", "Files set apart", "rejected", _UNSETTLED, 24),
            number("aside", "搁置的事件", "Events set aside", "aside", CURRENT, 24),
        ),
    )


def _open(severity: str) -> tuple[Condition, ...]:
    return (*OPEN_FINDINGS, Is("severity", (severity,)))


def _of(state: str, title: str, english: str) -> ChartPanel:
    return number(state, title, english, "reports", (*SHOWN, Is("state", (state,))))


def _ledger(key: str, title: str, english: str, group: Each) -> ChartPanel:
    figure = Figure(view="reports", measures=by_state(), groups=(group,), where=LEDGER)
    return ChartPanel(
        key=key, title=title, english=english, figure=figure, chart=Table(), width=48, height=12
    )
