"""A condition means the same in Kibana's language, in its filters, and in a query."""

from __future__ import annotations

from duban.kibana.condition import Is, Known, Not, dsl, fields, filter_pill, kql


def test_one_value() -> None:
    one = Is("state", ("absent",))

    assert kql(one) == 'state : "absent"'
    assert dsl(one) == {"match_phrase": {"state": "absent"}}
    pill = filter_pill(one, "ref")
    assert pill["query"] == dsl(one)
    assert pill["meta"] == {
        "alias": None,
        "disabled": False,
        "field": "state",
        "index": "ref",
        "key": "state",
        "negate": False,
        "type": "phrase",
        "params": {"query": "absent"},
    }


def test_several_values() -> None:
    several = Is("state", ("absent", "blocked"))

    assert kql(several) == 'state : ("absent" or "blocked")'
    assert dsl(several) == {
        "bool": {
            "minimum_should_match": 1,
            "should": [
                {"match_phrase": {"state": "absent"}},
                {"match_phrase": {"state": "blocked"}},
            ],
        }
    }
    assert filter_pill(several, "ref")["query"] == dsl(several)


def test_a_negation_is_a_flag_of_the_filter_and_a_clause_of_the_query() -> None:
    gone = Not(Known("known_to"))
    pill = filter_pill(gone, "ref")

    assert kql(gone) == "not known_to : *"
    assert dsl(gone) == {"bool": {"must_not": [{"exists": {"field": "known_to"}}]}}
    assert pill["query"] == {"exists": {"field": "known_to"}}
    assert pill["meta"]["negate"] is True  # type: ignore[index]
    assert fields(gone) == ("known_to",)


def test_truth_numbers_and_quotes() -> None:
    assert kql(Is("current", (True,))) == "current : true"
    assert kql(Is("year", (2024,))) == "year : 2024"
    assert kql(Is("agency", ('甲"乙\\',))) == 'agency : "甲\\"乙\\\\"'
