"""管道健康: what was looked at, what could not be read, handled or told."""

from __future__ import annotations

from duban.kibana.boards.shared import BY_YEAR, LEDGER, OPEN, number, title, words
from duban.kibana.chart import Bars, Ring, Table
from duban.kibana.condition import CURRENT, SHOWN, Condition, Is, Known
from duban.kibana.dashboard import Board
from duban.kibana.figure import Count, Each, Every, Figure, Latest, Total
from duban.kibana.panel import ChartPanel, SearchPanel
from duban.kibana.searches import ALERTS, ASIDE, REJECTED

_WORDS = (
    "采集、读取、判定各环节的情况。这里列出的不是机关的过错：打不开的栏目、读不了的文件、"
    "搁置的事件要由运维处理。程序自身的积压与时延见 Prometheus 的图表。\n\n"
    "What could not be looked at, read or handled; none of it is a fault of an agency. Lag and "
    "latency of the program are in Prometheus."
)
_TROUBLE: tuple[Condition, ...] = (*SHOWN, Is("outcome", ("failed", "blocked")))
_UNSETTLED: tuple[Condition, ...] = (*CURRENT, Is("settled", (False,)))
_UNREAD: tuple[Condition, ...] = (*SHOWN, Is("state", ("unreadable",)))
_STANDING: tuple[Condition, ...] = (*SHOWN, Is("stands", (True,)))
_ALERTS: tuple[Condition, ...] = (*SHOWN, OPEN)


def board() -> Board:
    """The dashboard."""
    return Board(
        key="pipeline",
        title=title("pipeline"),
        english="Health of the pipeline: looks, files set apart, events set aside, what could not "
        "be judged, alerts.",
        panels=(
            words("pipeline", _WORDS),
            number("pages", "看过的网址", "Addresses looked at", "pages", SHOWN, 12),
            number("failed", "没有看成的网址", "Addresses that failed", "pages", _TROUBLE, 12),
            number("rejected", "未能作为年报的文件", "Files set apart", "rejected", _UNSETTLED, 12),
            number("aside", "搁置的事件", "Events set aside", "aside", CURRENT, 12),
            ChartPanel(
                key="looks",
                title="最近一次查看的结果",
                english="Outcome of the last look at each address",
                figure=Figure(
                    view="pages",
                    measures=(Count("网址"), Latest("最近", "known_from")),
                    groups=(Each(label="结果", field="outcome", most=10),),
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="looks-by-day",
                title="最近一次查看：按日",
                english="Addresses by the day of their last look",
                figure=Figure(
                    view="pages",
                    measures=(Count("网址"),),
                    groups=(Every("查看日", "known_from", "1d"),),
                ),
                chart=Bars(),
            ),
            ChartPanel(
                key="rejected-by-reason",
                title="未能作为年报的文件：按原因",
                english="Files set apart by reason",
                figure=Figure(
                    view="rejected",
                    measures=(Count("文件"),),
                    groups=(
                        Each(label="分类", field="status", most=10),
                        Each(label="原因", field="reason", most=100, missing=True),
                    ),
                    where=_UNSETTLED,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="unread",
                title="无法读取的年报：按原因",
                english="Unreadable reports by reason",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"),),
                    groups=(Each(label="原因", field="reason", most=100, missing=True),),
                    where=_UNREAD,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="aside-by-unit",
                title="搁置的事件：按环节",
                english="Events set aside by unit",
                figure=Figure(
                    view="aside",
                    measures=(Count("事件"),),
                    groups=(
                        Each(label="环节", field="unit", most=20),
                        Each(label="事件", field="name", most=50),
                    ),
                    where=CURRENT,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="coverage",
                title="判定的覆盖",
                english="Assertions by outcome, by year",
                figure=Figure(
                    view="reports",
                    measures=(
                        Count("年报"),
                        Total("判定数", "assertions"),
                        Total("通过", "passed"),
                        Total("不通过", "failed"),
                        Total("无法判断", "cannot_tell"),
                        Total("不适用", "not_applicable"),
                    ),
                    groups=(BY_YEAR,),
                    where=(*LEDGER, Known("assertions")),
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="media",
                title="已读年报：按文件格式",
                english="Reports read, by format",
                figure=Figure(
                    view="readings",
                    measures=(Count("年报"),),
                    groups=(Each(label="格式", field="media", most=20),),
                    where=_STANDING,
                ),
                chart=Ring(),
            ),
            ChartPanel(
                key="alerts",
                title="未解除的提醒",
                english="Open alerts by kind",
                figure=Figure(
                    view="alerts",
                    measures=(Count("提醒"), Latest("最近", "since")),
                    groups=(Each(label="类型", field="kind", most=10),),
                    where=_ALERTS,
                ),
                chart=Table(),
            ),
            SearchPanel(key="aside-list", title=ASIDE.title, search=ASIDE.id),
            SearchPanel(key="rejected-list", title=REJECTED.title, search=REJECTED.id),
            SearchPanel(key="alert-list", title=ALERTS.title, search=ALERTS.id),
        ),
    )
