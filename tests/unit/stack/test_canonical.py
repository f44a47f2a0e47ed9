"""The comparison of two profiles finds each kind of difference, and says where it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.stack.canonical import differences, shown, standing
from tests.stack.office_chain import OfficeChain

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Event
from duban.testing.events import calendar_released, read, registered, released


def office(folder: Path, *events: Event) -> tuple[Mapping[str, Any], list[Event]]:
    """What an office that heard of these facts shows, and its alerts."""
    with EmbeddedStore(folder) as store:
        store.log.append(
            [calendar_released(), released(), registered("a1"), registered("a2"), *events]
        )
        store.runner(OfficeChain()).run_until_idle()
        store.fill_views()
        alerts = [one.event for one in store.log.read("alerts")]
        return shown(store.index, ("公开", "错误")), alerts


def test_the_same_facts_at_another_moment_show_the_same(tmp_path: Path) -> None:
    one, _ = office(tmp_path / "1", read("a1", 2024, "错误SUM=1"), read("a2", 2024, "正常"))
    two, _ = office(
        tmp_path / "2", read("a2", 2024, "正常", minute=3), read("a1", 2024, "错误SUM=1", minute=5)
    )

    assert one["findings"]
    assert list(differences(one, two)) == []


@pytest.mark.parametrize(
    ("other", "where"),
    [
        ("正常", "findings / a1 2024"),  # a finding is missing
        ("错误SUM=2", "reports / a1 2024"),  # another evidence
        ("警告TXT", "ledger / year 2024"),  # another severity: the report is compliant
        ("错误SUM=1 公开", "hits / 公开"),  # another text
    ],
)
def test_another_reading_is_told_with_its_place(tmp_path: Path, other: str, where: str) -> None:
    one, _ = office(tmp_path / "1", read("a1", 2024, "错误SUM=1"))
    two, _ = office(tmp_path / "2", read("a1", 2024, other))

    assert any(line.startswith(where) for line in differences(one, two))


def test_alerts_that_are_missing_or_say_something_else_are_told(tmp_path: Path) -> None:
    _, one = office(tmp_path / "1", read("a1", 2024, "错误SUM=1"))
    _, two = office(tmp_path / "2", read("a1", 2024, "错误SUM=2"))
    _, three = office(tmp_path / "3", read("a1", 2024, "错误SUM=1"), read("a1", 2024, "正常"))

    assert list(differences(standing(one), standing(one))) == []
    assert any("a1 2024 report / lines" in line for line in told(one, two))
    assert any("only in the first" in line for line in told(one, three))


def told(one: list[Event], two: list[Event]) -> list[str]:
    return list(differences(standing(one), standing(two)))
