"""缺报与逾期: who has not published, who came late, who was not yet checked."""

from __future__ import annotations

from duban.kibana.boards.shared import (
    BY_AGENCY,
    BY_KIND,
    BY_PARENT,
    BY_YEAR,
    LEDGER,
    number,
    of_year_controls,
    title,
    words,
)
from duban.kibana.chart import Bars, Ring, Table
from duban.kibana.condition import SHOWN, Condition, Is, Known
from duban.kibana.dashboard import Board
from duban.kibana.figure import Count, Each, Every, Figure, Latest
from duban.kibana.panel import ChartPanel, SearchPanel
from duban.kibana.searches import ABSENT, UNVERIFIED

_WORDS = (
    "“未检索到”须在截止日后完整读过该机关全部栏目才成立；栏目打不开、文件读不了的，"
    "列在“未能核实”，不作缺报。逾期以网页所印日期或前后两次查看为证。\n\n"
    "Absent only where every column of the agency was read whole after the last day; what could "
    "not be read is not verified, and nobody is accused of it."
)
_LATE: tuple[Condition, ...] = (*SHOWN, Is("is_late", (True,)))
_ABSENT: tuple[Condition, ...] = (*SHOWN, Is("state", ("absent",)))
_BLOCKED: tuple[Condition, ...] = (*SHOWN, Is("state", ("blocked",)))
_NOT_IN_TIME: tuple[Condition, ...] = (*SHOWN, Is("state", ("absent", "blocked")))
_BY_GRAVITY = Each(label="迟延程度", field="gravity", most=10)


def board() -> Board:
    """The dashboard."""
    return Board(
        key="late",
        title=title("late"),
        english="Missing and late reports: absent, late, not verified, and when reports came.",
        controls=of_year_controls("reports"),
        panels=(
            words("late", _WORDS),
            number("absent", "未检索到", "Absent", "reports", _ABSENT, 12),
            number("late", "逾期公开", "Published late", "reports", _LATE, 12),
            number("blocked", "未能核实", "Not verified", "reports", _BLOCKED, 12),
            number("waiting", "未到期", "Not yet due", "reports", _waiting(), 12),
            ChartPanel(
                key="by-kind",
                title="未检索到与未能核实：按机关类型",
                english="Absent and not verified, by kind of agency",
                figure=Figure(
                    view="reports",
                    measures=(
                        Count("合计"),
                        Count("未检索到", Is("state", ("absent",))),
                        Count("未能核实", Is("state", ("blocked",))),
                    ),
                    groups=(BY_KIND,),
                    where=_NOT_IN_TIME,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="gravity",
                title="逾期：按程度",
                english="Late reports by gravity",
                figure=Figure(
                    view="reports", measures=(Count("年报"),), groups=(_BY_GRAVITY,), where=_LATE
                ),
                chart=Ring(),
            ),
            ChartPanel(
                key="by-parent",
                title="按主管机关",
                english="By supervising agency",
                figure=Figure(
                    view="reports",
                    measures=(
                        Count("应公开"),
                        Count("未检索到", Is("state", ("absent",))),
                        Count("逾期", Is("is_late", (True,))),
                        Count("未能核实", Is("state", ("blocked",))),
                    ),
                    groups=(BY_PARENT,),
                    where=LEDGER,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="published",
                title="年报公开日期：按月",
                english="Reports by the month printed as day of publication",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"),),
                    groups=(Every("公开日期", "published_on", "1M"),),
                    where=(*LEDGER, Known("published_on")),
                ),
                chart=Bars(),
            ),
            ChartPanel(
                key="absent-agencies",
                title="未检索到年报的机关",
                english="Agencies whose report is absent, with the last day",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"), Latest("截止日", "due_on")),
                    groups=(BY_AGENCY, BY_YEAR),
                    where=_ABSENT,
                ),
                chart=Table(),
            ),
            ChartPanel(
                key="late-agencies",
                title="逾期公开的机关",
                english="Agencies that published late",
                figure=Figure(
                    view="reports",
                    measures=(Count("年报"), Latest("公开日期", "published_on")),
                    groups=(BY_AGENCY, BY_YEAR),
                    where=_LATE,
                ),
                chart=Table(),
            ),
            SearchPanel(key="absent-list", title=ABSENT.title, search=ABSENT.id),
            SearchPanel(key="unverified-list", title=UNVERIFIED.title, search=UNVERIFIED.id),
        ),
    )


def _waiting() -> tuple[Condition, ...]:
    return (*SHOWN, Is("state", ("not_yet_due",)))
