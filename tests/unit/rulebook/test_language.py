"""The words of rule files, each by small rules of its own."""

from __future__ import annotations

from typing import Any

import pytest

from duban.domain.finding import Context
from duban.errors import RuleError
from duban.rulebook.evaluation import compile_rule
from duban.rulebook.shape import rule_of
from duban.rulebook.source import parse
from duban.rulebook.tally import Tally
from duban.rulebook.view import View
from duban.testing.duties import duty
from duban.testing.reports import build

LISTS: dict[str, tuple[Any, ...]] = {
    "groups": ({"field": "reconsideration"}, {"field": "litigation_direct"}),
    "results": ({"field": "upheld"}, {"field": "pending"}),
    "words": ("公众号", "网站"),
    "outcomes": ("results.granted", "results.refused.state_secret"),
}
REST = """
id: X-RULE
version: 1
status: active
title: {zh: 规则, en: rule}
severity: error
basis: [custom]
remedy: {zh: 改, en: mend}
limits: 无
"""


def _run(text: str, given: dict[str, Any] | None = None, context: Context | None = None) -> Tally:
    own = parse(text.encode(), "x.yaml")
    usual = {"years": "all", "kinds": "all", "message": {"zh": "错", "en": "wrong"}}
    rule = rule_of({**usual, **parse(REST.encode(), "x.yaml"), **own}, "x.yaml")
    return compile_rule(rule, "x.yaml", LISTS).run(View(build(given), context or Context()))


def test_two_variables_go_through_every_combination() -> None:
    tally = _run(
        """
        for_each: {group: $groups, result: $results}
        check: {at_least: ["disputes.{group.field}.{result.field}", 3]}
        message: {zh: "{group.field}/{result.field} {actual} {delta}", en: "{expected}"}
        """
    )

    assert tally.passed == 3
    assert [(b.message, b.message_en) for b in tally.broken] == [
        ("litigation_direct/pending 1 2", "3")
    ]


def test_the_entries_of_a_plain_list_are_elements() -> None:
    tally = _run(
        """
        for_each: {word: $words}
        check: {one_of: [word, [网站]]}
        """
    )

    assert (tally.passed, len(tally.broken)) == (1, 1)


def test_a_wildcard_stands_for_every_field_of_the_forms() -> None:
    tally = _run("check: {equal: [{sum: applications.results.refused.*.total}, 8]}")

    assert tally.passed == 1


def test_stated_asks_each_cell_of_a_list() -> None:
    text = "check: {stated: 'applications.$outcomes.total'}"

    assert _run(text).passed == 1
    assert _run(text, {"set": {"applications.results.granted.total": None}}).broken


def test_a_list_of_patterns_is_sought_in_the_normal_form_of_a_text() -> None:
    text = "check: {matches: [prose.1, $words]}"

    assert _run(text, {"prose": {1: "通过公 众号发布"}}).passed == 1
    assert _run(text, {"prose": {1: "通过报纸发布"}}).broken
    assert _run(text, {"prose": {1: ""}}).broken


def test_a_rule_for_some_kinds_needs_the_kind() -> None:
    text = "kinds: [county_gov]\ncheck: {holds: fees.stated}"

    assert _run(text, None, Context(kind="county_gov")).passed == 1
    assert list(_run(text, None, Context(kind="town_gov")).not_applicable) == [
        "规则不适用于该类单位"
    ]
    assert list(_run(text, {"report": {"agency": "某单位"}}).cannot_tell) == [
        "单位类别不明，无法确定规则是否适用"
    ]


@pytest.mark.parametrize(
    ("years", "year", "applies"),
    [
        ("2021+", 2020, False),
        ("2021+", 2021, True),
        ("2019-2020", 2020, True),
        ("2019-2020", 2021, False),
        ("2020", 2020, True),
        ("2020", 2021, False),
        ("<=2018", 2018, True),
        ("<=2018", 2019, False),
    ],
)
def test_years_bound_a_rule_on_both_sides(years: str, year: int, *, applies: bool) -> None:
    given = {"year": year, "form": "R2021"}
    tally = _run(f"years: '{years}'\ncheck: {{holds: fees.stated}}", given)

    assert bool(tally.passed) == applies
    assert bool(tally.not_applicable) != applies


def test_numbers_of_one_name_that_differ_cannot_be_told() -> None:
    facts = [{"name": "handled", "value": 3}, {"name": "handled", "value": 4}]
    tally = _run(
        "for_each: {one: {clauses: {with: [handled]}}}\ncheck: {equal: [one.handled, 3]}",
        {"facts": facts},
    )

    assert list(tally.cannot_tell) == ["同一处有多个同名数字"]


def test_not_keeps_what_cannot_be_told() -> None:
    given = {"set": {"disputes.reconsideration.upheld": None}}
    tally = _run("check: {not: {equal: [disputes.reconsideration.upheld, 5]}}", given)

    assert list(tally.cannot_tell) == ["有空白单元格，其数值未知"]


def test_an_approximate_number_against_an_unknown_one_cannot_be_told() -> None:
    given = {
        "facts": [{"name": "recon_total", "value": 12, "approximate": True}],
        "set": {"disputes.reconsideration.total": None, "disputes.reconsideration.other": None},
    }
    tally = _run(
        "for_each: {fact: {facts: [recon_total]}}\n"
        "check: {agrees: {stated: fact, accepted: [disputes.reconsideration.total]}}",
        given,
    )

    assert tally.cannot_tell


def test_a_difference_with_an_unknown_number_is_unknown() -> None:
    given = {"set": {"disputes.reconsideration.upheld": None}}
    text = "check: {equal: [{diff: [%s]}, 0]}"
    pairs = ("disputes.reconsideration.upheld, 1", "1, disputes.reconsideration.upheld")

    assert all(_run(text % pair, given).cannot_tell for pair in pairs)


@pytest.mark.parametrize(
    "text",
    [
        "check: {equal: [applications.$outcomes.total, 1]}",
        "check: {equal: [applications.results.granted.total]}",
        "check: {equal: 3}",
        "check: {all: []}",
        "check: {agrees: {stated: report.year}}",
        "check: {balance: {left: 1}}",
        "check: {equal: [sections.1.colour, 1]}",
        "check: {equal: [report.colour, 1]}",
        "check: {equal: [{}, 1]}",
        "check: {present: ''}",
        "check: {present: $nowhere}",
        "check: {matches: [prose.1, $nowhere]}",
        "for_each: {row: {rows: pages}}\ncheck: {present: row.field}",
        "for_each: {row: {cells: pages}}\ncheck: {present: row.field}",
        "for_each: {row: {sections: some}}\ncheck: {present: row.part}",
        "for_each: {row: {facts: [{a: b}]}}\ncheck: {present: row.name}",
        "for_each: {row: {clauses: {near: [a]}}}\ncheck: {present: row.name}",
        "for_each: {row: something}\ncheck: {present: row}",
        "for_each: {row: {rows: applications}}\ncheck: {present: row.colour}",
        "for_each: {row: {rows: applications}}\ncheck: {present: row.zh.more}",
        "check: {present: {for_each: {a: $words}}}",
        "check: {present: {for_each: $words, take: a}}",
        "check: {present: {same_number: {as: report.year}}}",
        "check: {present: {same_number: {as: report.year, among: [1]}}}",
        "system: table3\ncheck: {holds: fees.stated}",
        "system: table3\ncheck: {balance: {left: report.year, right: disputes.pending}}",
        "check: {matches: [prose.1, $broken]}",
        "check: {stated: prior.applications.carried_forward.total}",
        "check: {present: prior.colour}",
        "check: {equal: [prior.applications.carried_forward.$words, 1]}",
        "check: {present: obligation}",
        "check: {present: obligation.colour}",
        "check: {present: obligation.posted.colour}",
        "check: {present: obligation.due_on.latest}",
        "check: {on_or_before: [obligation.posted]}",
        "check: {within: {values: [1, 2], count: 1}}",
        "check: {within: {values: [1], count: 1, percent: 2}}",
        "check: {equal: [{days: [obligation.due_on]}, 1]}",
    ],
)
def test_what_makes_no_sense_is_refused_when_the_rule_is_read(text: str) -> None:
    lists = {**LISTS, "broken": ("(",)}
    usual = {"years": "all", "kinds": "all", "message": {"zh": "错", "en": "wrong"}}
    raw = {**usual, **parse(REST.encode(), "x.yaml"), **parse(text.encode(), "x.yaml")}

    with pytest.raises(RuleError, match=r"^x\.yaml：.*(无效，允许的值：.|无法编译)"):
        compile_rule(rule_of(raw, "x.yaml"), "x.yaml", lists)


def _watched(**fields: Any) -> Context:
    return Context(year=2023, obligation=duty(2023, fields))


def test_a_day_of_which_only_bounds_are_known_is_shown_as_a_range() -> None:
    tally = _run(
        """
        check: {on_or_before: [obligation.posted, obligation.due_on]}
        expected: obligation.due_on
        actual: obligation.posted
        let: {late: {days: [obligation.due_on, obligation.posted]}}
        message: {zh: "{obligation.posted}，{late}天", en: "{obligation.posted}, {late} days"}
        """,
        context=_watched(posted=["2024-02-03", "2024-02-05"]),
    )

    (broken,) = tally.broken
    assert broken.message == "2024年2月3日至2024年2月5日，3至5天"
    assert broken.message_en == "2024-02-03 to 2024-02-05, 3 to 5 days"
    assert (broken.expected, broken.actual) == ("2024-01-31", "2024-02-03/2024-02-05")


def test_a_range_without_a_beginning_is_shown_as_such() -> None:
    tally = _run(
        """
        check: {on_or_before: [obligation.opens_on, obligation.absent_on]}
        actual: obligation.posted
        message: {zh: "{obligation.posted}", en: "-"}
        """,
        context=_watched(posted=[None, "2023-12-20"], absent_on="2023-12-01"),
    )

    (broken,) = tally.broken
    assert broken.message == "未知至2023年12月20日"
    assert broken.actual == "../2023-12-20"


def test_where_nobody_watches_an_obligation_has_no_fields() -> None:
    assert _run("check: {not: {present: obligation.posted.by}}").passed
    assert _run("check: {on_or_before: [obligation.posted, obligation.due_on]}").cannot_tell
    assert _run(
        "check: {at_least: [{days: [obligation.posted, obligation.due_on]}, 1]}"
    ).cannot_tell


def test_numbers_that_are_not_known_are_not_within_anything() -> None:
    given = {"set": {"disputes.reconsideration.upheld": None}}
    text = "check: {within: {values: [%s], count: 1, percent: 2}}"

    assert _run(text % "103, 100").passed == 0
    assert _run(text % "102, 100").passed == 1
    assert _run(text % "disputes.reconsideration.upheld, 1", given).cannot_tell
    assert _run(text % "1, disputes.reconsideration.upheld", given).cannot_tell


def test_cells_of_the_year_before_are_not_marked_in_this_report() -> None:
    tally = _run(
        """
        for_each: {group: $groups}
        check: {equal: ["disputes.{group.field}.total", "prior.disputes.{group.field}.total"]}
        message: {zh: "{prior.report.year}：{prior.prose.6}", en: "-"}
        """,
        context=Context(
            prior=(
                build({"year": 2021}),
                build({"year": 2022, "set": {"disputes.reconsideration.total": 11}}),
            )
        ),
    )

    (broken,) = tally.broken
    assert (broken.expected, broken.actual) == (11, 12)
    assert broken.cells == ("disputes.reconsideration.total",)
    assert broken.message == "2022：本年度未收取信息处理费。"
    assert tally.passed == 1


def test_a_rule_that_needs_the_year_before_says_why_it_cannot_tell() -> None:
    before = build({"year": 2022})
    text = "needs: [prior]\ncheck: {present: prior}"

    reasons = {
        "none": _run(text),
        "damaged": _run(
            text, context=Context(prior=(build({"year": 2022, "report": {"damaged": "乱码"}}),))
        ),
        "other": _run(text, {"year": 2023}, Context(prior=(build({"year": 2023}),), year=2024)),
        "undated": _run(text, {"report": {"year": None}}, Context(prior=(before,))),
    }

    assert {name: "".join(tally.cannot_tell) for name, tally in reasons.items()} == {
        "none": "没有上一年度的报告可供对照",
        "damaged": "上一年度报告的正文损坏（乱码），不能作为对照",
        "other": "报告标题的年度与应报年度不一致，不能确定对照哪一年度",
        "undated": "没有上一年度的报告可供对照",
    }
    assert _run(text, {"year": 2023}, Context(prior=(before,))).passed == 1


def test_a_report_kept_under_the_year_before_must_not_bear_another_year() -> None:
    rule = {"years": "all", "kinds": "all", "message": {"zh": "错", "en": "wrong"}}
    text = "needs: [prior]\ncheck: {present: prior}"
    raw = {**rule, **parse(REST.encode(), "x.yaml"), **parse(text.encode(), "x.yaml")}
    view = View(build({"year": 2023}), Context(year=2023), lambda: build({"year": 2021}))

    tally = compile_rule(rule_of(raw, "x.yaml"), "x.yaml", LISTS).run(view)

    assert list(tally.cannot_tell) == ["所存上一年度报告的标题写有另一年度，不能作为对照"]
