"""问题分布: which faults are found, where, and since when."""

from __future__ import annotations

from duban.kibana.boards.shared import (
    BY_AGENCY,
    BY_KIND,
    BY_YEAR,
    OPEN_FINDINGS,
    number,
    of_year_controls,
    severity_cases,
    title,
    words,
)
from duban.kibana.chart import Bars, Ring, Table
from duban.kibana.condition import Condition, Is
from duban.kibana.dashboard import Board, Control
from duban.kibana.figure import Count, Different, Each, Every, Figure, Group
from duban.kibana.panel import ChartPanel, SearchPanel
from duban.kibana.searches import FINDINGS

_WORDS = (
    "只统计仍存在的问题。“错误”有文件和法律依据为证，“疑似”须人工核对，“提示”仅供参考。"
    "归因为“网站”或“本系统读取”的，不是机关的过错。\n\n"
    "Open findings only. An error is proved by document and law, a warning needs a person's look; "
    "what is blamed on the site or on our reading is no fault of the agency."
)
_BY_RULE = Each(label="规则", field="rule", most=200)
_BY_BLAME = Each(label="归因", field="blame", most=10)


def board() -> Board:
    """The dashboard."""
    return Board(
        key="findings",
        title=title("findings"),
        english="Open findings by rule, severity, kind of agency, agency and time.",
        controls=(*of_year_controls("findings"), Control("规则", "findings", "rule")),
        panels=(
            words("findings", _WORDS),
            number("errors", "错误", "Open errors", "findings", _of("error"), 16),
            number("warnings", "疑似", "Open warnings", "findings", _of("warning"), 16),
            number("infos", "提示", "Open notes", "findings", _of("info"), 16),
            ChartPanel(
                key="by-rule",
                title="按规则",
                english="By rule: findings by severity, and agencies",
                figure=Figure(
                    view="findings",
                    measures=(
                        Count("问题"),
                        Count("错误", Is("severity", ("error",))),
                        Count("疑似", Is("severity", ("warning",))),
                        Count("提示", Is("severity", ("info",))),
                        Different("机关数", "agency_id"),
                    ),
                    groups=(_BY_RULE,),
                    where=OPEN_FINDINGS,
                ),
                chart=Table(),
                height=18,
            ),
            _chart("by-kind", "按机关类型", "By kind", (severity_cases(), BY_KIND), lying=True),
            _chart("by-year", "按年度", "By year", (severity_cases(), BY_YEAR)),
            ChartPanel(
                key="blame",
                title="按归因",
                english="By who is to blame",
                figure=_figure((_BY_BLAME,)),
                chart=Ring(),
            ),
            ChartPanel(
                key="since",
                title="仍存在的问题：按发现月份",
                english="Open findings by the month in which they were found",
                figure=_figure((Every("发现时间", "since", "1M"),)),
                chart=Bars(),
            ),
            ChartPanel(
                key="agencies",
                title="问题较多的机关",
                english="Agencies with most findings",
                figure=Figure(
                    view="findings",
                    measures=(
                        Count("问题"),
                        Count("错误", Is("severity", ("error",))),
                        Count("疑似", Is("severity", ("warning",))),
                    ),
                    groups=(BY_AGENCY,),
                    where=OPEN_FINDINGS,
                ),
                chart=Table(),
            ),
            SearchPanel(key="list", title=FINDINGS.title, search=FINDINGS.id),
        ),
    )


def _of(severity: str) -> tuple[Condition, ...]:
    return (*OPEN_FINDINGS, Is("severity", (severity,)))


def _figure(groups: tuple[Group, ...]) -> Figure:
    return Figure(view="findings", measures=(Count("问题"),), groups=groups, where=OPEN_FINDINGS)


def _chart(
    key: str, title: str, english: str, groups: tuple[Group, ...], *, lying: bool = False
) -> ChartPanel:
    figure = _figure(groups)
    return ChartPanel(
        key=key, title=title, english=english, figure=figure, chart=Bars(lying=lying), height=18
    )
