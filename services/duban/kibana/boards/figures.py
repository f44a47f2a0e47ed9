"""申请与争议指标: the figures that the reports print, added up."""

from __future__ import annotations

from duban.domain.form import COLUMNS, DISPUTE_COLUMNS, DISPUTE_GROUPS, application_rows
from duban.domain.report import Regime
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
    "只把年报中**读到的数字**相加：空格、划线、无法读取的格子不计入，也不当作零；申请各表另列有数字的"
    "年报份数。一栏没有一份年报印有数字时，Kibana 仍显示 0。2018 年度及以前没有这些表，不在其列；"
    "办理结果按表样分列。数字本身可能有误，见“问题分布”。\n\n"
    "Only numbers that were really read are added up; blanks, dashes and unreadable cells count "
    "neither as numbers nor as zero. Where no report prints a number, Kibana still shows 0. "
    "Outcomes are listed by form; reports up to 2018 have no such tables."
)
STANDING: tuple[Condition, ...] = (*SHOWN, Is("stands", (True,)))
_WITH_TABLES: tuple[Condition, ...] = (*STANDING, Is("regime", ("R2019", "R2021")))
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
            _results("R2021", "办理结果：按年度（2021 年表样）"),
            _results("R2019", "办理结果：按年度（2019 年表样）"),
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


def _results(form: Regime, title: str) -> ChartPanel:
    """The outcomes in the rows of one form: a row that a form lacks is no zero."""
    rows = [row for row in application_rows(form) if row.field.startswith("results.")]
    sums = tuple(Total(row.label, figure_field(f"applications.{row.field}.total")) for row in rows)
    return _table(
        f"results-{form}",
        title,
        f"Outcomes by year, form {form}",
        (Count("年报"), *sums),
        BY_YEAR,
        (*STANDING, Is("regime", (form,))),
    )


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


def _figure(
    measures: tuple[Measure, ...], group: Each, where: tuple[Condition, ...] = _WITH_TABLES
) -> Figure:
    return Figure(view="readings", measures=measures, groups=(group,), where=where)


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
    key: str,
    title: str,
    english: str,
    measures: tuple[Measure, ...],
    group: Each,
    where: tuple[Condition, ...] = _WITH_TABLES,
) -> ChartPanel:
    return ChartPanel(
        key=key,
        title=title,
        english=english,
        figure=_figure(measures, group, where),
        chart=Table(),
        width=24 if len(measures) <= len(_REQUESTS) else 48,
    )
