"""The declared documents hold what the form and the findings can say."""

from __future__ import annotations

from duban.adapters.elastic import documents, mappings
from duban.domain.finding import Finding
from duban.testing.events import report


def finding(**fields: str) -> Finding:
    plain = {"rule": "R", "severity": "error", "message": "", "message_en": "", **fields}
    return Finding(**plain)  # type: ignore[arg-type]


def test_every_cell_of_both_forms_has_a_number_of_its_own() -> None:
    paths = mappings.figure_paths()

    assert len(paths) == len(set(paths)) == 226
    assert "applications.results.refused.state_secret.natural_person" in paths
    figures = mappings.FIELDS["readings"]["figures"]
    for path in paths:
        at = figures
        for name in path.split("."):
            at = at["properties"][name]
        assert at == {"type": "double", "index": False}


def test_every_mapping_is_strict() -> None:
    for model in mappings.MODELS:
        assert mappings.mapping(model)["dynamic"] == "strict"


def test_a_long_quote_is_looked_through_to_its_end() -> None:
    quote = "甲" * 7900 + "政府信息公开" + "乙" * 30_000 + "末尾的话"

    pieces = list(documents.told(finding(message="不符", quote=quote)))

    assert max(map(len, pieces)) <= 8000
    assert all(len(one.encode()) <= 32_766 for one in pieces)
    for text in ("R", "不符", "政府信息公开", "末尾的话"):
        assert any(text in one for one in pieces), text


def test_what_is_no_number_is_no_figure() -> None:
    assert documents.figures(report(2024, "正文")) == {}


def test_no_two_subjects_share_an_id() -> None:
    subjects = ["a", "a@1", "长" * 300, "长" * 301]

    ids = [documents.document_id(one) for one in subjects]

    assert len(set(ids)) == len(ids)
    assert all(len(one.encode()) < 512 and "@" not in one for one in ids)
