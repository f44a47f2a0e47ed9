"""The reading of panels that the tests hold against a real Elasticsearch."""

from __future__ import annotations

import pytest

from duban.kibana import catalogue
from duban.kibana.condition import Is, Known, Not
from duban.kibana.condition import kql as written
from duban.testing.lens import kql, lens_panels, request

BOARDS = [one for one in catalogue.objects("duban-") if one["type"] == "dashboard"]


def test_what_we_write_in_kibanas_language_is_read_back() -> None:
    assert kql(written(Known("state"))) == {"exists": {"field": "state"}}
    assert kql(written(Not(Known("a.b")))) == {"bool": {"must_not": [{"exists": {"field": "a.b"}}]}}
    assert kql(written(Is("state", ("absent", "blocked")))) == {
        "bool": {
            "should": [
                {"match_phrase": {"state": "absent"}},
                {"match_phrase": {"state": "blocked"}},
            ],
            "minimum_should_match": 1,
        }
    }
    quoted = 'a" or "b (c)'
    assert kql(written(Is("x", (quoted,))))["bool"]["should"] == [{"match_phrase": {"x": quoted}}]
    assert kql(written(Is("is_late", (True,))))["bool"]["should"] == [
        {"match_phrase": {"is_late": "true"}}
    ]


def test_what_is_not_understood_is_refused() -> None:
    with pytest.raises(ValueError, match="not understood"):
        kql("state > 3")


def test_every_chart_can_be_read() -> None:
    panels = [panel for board in BOARDS for panel in lens_panels(board)]

    assert len(panels) == sum(str(board).count("formBased") for board in BOARDS)
    for panel in panels:
        asked = request(panel)
        assert asked["query"]["bool"]["filter"]
        assert panel.measures
