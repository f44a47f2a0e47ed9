"""申请与争议指标: the figures that the reports print, added up."""

from __future__ import annotations

from duban.domain.form import COLUMNS, DISPUTE_COLUMNS, DISPUTE_GROUPS, application_rows
from duban.kibana.boards.shared import (
    BY_AGENCY,
    BY_KIND,
    BY_PARENT,
    BY_YEAR,
    of_year_controls,
    title,
    words,
)
from duban.kibana.chart import Bars, Number, Table
from duban.kibana.condition import SHOWN, Condition, Is, Known
from duban.kibana.dashboard import Board
from duban.kibana.figure import Count, Each, Figure, Measure, Total
from duban.kibana.panel import ChartPanel

_WORDS = (
    "只把年报中**读到的数字**相加：空格、划线、无法读取的格子不计入，也不当作零；"
    "每张表旁注明有数字的年报份数。数字本身可能有误，见“问题分布”。\n\n"
    "Only numbers that were really read are added up. Blanks, dashes and cells that cannot be read "
    "count neither as numbers nor as zero; the count of reports with a number stands beside."
)
STANDING: tuple[Condition, ...] = (*SHOWN, Is("stands", (True,)))
_RECEIVED = "applications.new_received.total"
_APPLICANTS = COLUMNS[:-1]


def figure_field(path: str) -> str:
    """The field of the index that holds a cell of the tables."""
    return f"figures.{path}"


def board() -> Board:
    """The dashboard."""
    return Board(
        key="figures",
        title=title("figures"),
        english="Requests for information, their outcomes, and disputes, as the reports print "
        "them.",
        controls=of_year_controls("readings"),
        panels=(
            words("figures", _WORDS),
            _number("received", "本年新收申请", "Requests newly received", _RECEIVED),
            _number(
                "carried", "结转下年度", "Carried forward", "applications.carried_forward.total"
            ),
            _number(
                "reconsideration", "行政复议", "Reconsiderations", "disputes.reconsideration.total"
            ),
            _number(
                "litigation",
                "行政诉讼（未经复议）",
                "Direct litigation",
                "disputes.litigation_direct.total",
            ),
            _table("requests", "申请：按年度", "Requests by year", _REQUESTS, BY_YEAR),
            _table("results", "办理结果：按年度", "Outcomes by year", _results(), BY_YEAR),
            _table("applicants", "申请人：按年度", "Applicants by year", _applicants(), BY_YEAR),
            _table("disputes", "争议：按年度", "Disputes by year", _disputes(), BY_YEAR),
            _table("kinds", "申请：按机关类型", "Requests by kind of agency", _REQUESTS, BY_KIND),
            _table("parents", "申请：按主管机关", "Requests by parent", _REQUESTS, BY_PARENT),
            _table("agencies", "申请：按机关", "Requests by agency", _REQUESTS, BY_AGENCY),
            ChartPanel(
                key="over-years",
                title="新收申请：各年度",
                english="Requests received by year",
                figure=_figure((Total("本年新收", figure_field(_RECEIVED)),), BY_YEAR),
                chart=Bars(),
            ),
        ),
    )


_COUNTED = Count("有数字的年报", Known(figure_field(_RECEIVED)))
_REQUESTS: tuple[Measure, ...] = (
    Count("年报"),
    _COUNTED,
    Total("本年新收", figure_field(_RECEIVED)),
    Total("上年结转", figure_field("applications.carried_over.total")),
    Total("办理结果总计", figure_field("applications.results.total.total")),
    Total("结转下年度", figure_field("applications.carried_forward.total")),
)


def _results() -> tuple[Measure, ...]:
    rows = [row for row in application_rows("R2021") if row.field.startswith("results.")]
    named = [(row.label, row.field) for row in rows]
    sums = tuple(
        Total(label, figure_field(f"applications.{field}.total")) for label, field in named
    )
    return (Count("年报"), *sums)


def _applicants() -> tuple[Measure, ...]:
    sums = tuple(
        Total(column.label, figure_field(f"applications.new_received.{column.field}"))
        for column in _APPLICANTS
    )
    return (Count("年报"), *sums)


def _disputes() -> tuple[Measure, ...]:
    sums = tuple(
        Total(
            f"{group.label}：{column.label}",
            figure_field(f"disputes.{group.field}.{column.field}"),
        )
        for group in DISPUTE_GROUPS
        for column in DISPUTE_COLUMNS
    )
    return (Count("年报"), *sums)


def _figure(measures: tuple[Measure, ...], group: Each) -> Figure:
    return Figure(view="readings", measures=measures, groups=(group,), where=STANDING)


def _number(key: str, title: str, english: str, path: str) -> ChartPanel:
    field = figure_field(path)
    return ChartPanel(
        key=key,
        title=title,
        english=english,
        figure=Figure(
            view="readings", measures=(Total(title, field),), where=(*STANDING, Known(field))
        ),
        chart=Number(),
        width=12,
        height=6,
    )


def _table(
    key: str, title: str, english: str, measures: tuple[Measure, ...], group: Each
) -> ChartPanel:
    return ChartPanel(
        key=key,
        title=title,
        english=english,
        figure=_figure(measures, group),
        chart=Table(),
        width=24 if len(measures) <= len(_REQUESTS) else 48,
    )
