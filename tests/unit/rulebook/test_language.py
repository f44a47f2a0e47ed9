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
    ],
)
def test_what_makes_no_sense_is_refused_when_the_rule_is_read(text: str) -> None:
    lists = {**LISTS, "broken": ("(",)}
    usual = {"years": "all", "kinds": "all", "message": {"zh": "错", "en": "wrong"}}
    raw = {**usual, **parse(REST.encode(), "x.yaml"), **parse(text.encode(), "x.yaml")}

    with pytest.raises(RuleError, match=r"^x\.yaml：.*(无效，允许的值：.|无法编译)"):
        compile_rule(rule_of(raw, "x.yaml"), "x.yaml", lists)
