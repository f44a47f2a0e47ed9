"""What every index promises of findings: filtered, ordered, in pages, and counted by rule."""

from __future__ import annotations

import msgspec

from duban.domain.view import Choices, FindingQuery, Scope
from duban.testing.events import at, read, registered, released
from duban.testing.world import World


class FindingsContract:
    """Subclass with a fixture `world` whose judge finds what the prose says."""

    def test_findings_are_filtered_ordered_and_paged(self, world: World) -> None:
        world.take(
            registered("a", "甲局"),
            registered("b", "乙镇", kind="town_gov"),
            released(),
            read("a", 2023, "错误SUM 警告TXT", minute=1),
            read("b", 2024, "提示FEE 错误SUM", minute=2),
        )

        def rules(**asked: object) -> list[tuple[str, str]]:
            page = world.index.findings(msgspec.convert(asked, FindingQuery))
            assert page.total >= len(page.rows)
            return [(row.agency_id, row.finding.rule) for row in page.rows]

        assert rules(order="severity") == [("b", "SUM"), ("a", "SUM"), ("a", "TXT"), ("b", "FEE")]
        assert {key for key, _ in rules(order="newest")[:2]} == {"b"}
        assert rules(order="rule")[0] == ("b", "FEE")
        assert rules(order="agency")[:2] == [("a", "SUM"), ("a", "TXT")]
        assert rules(severities=("warning", "info"), order="agency") == [("a", "TXT"), ("b", "FEE")]
        assert rules(rule="TXT") == [("a", "TXT")]
        assert rules(agency_id="b", order="rule") == [("b", "FEE"), ("b", "SUM")]
        assert rules(text="乙镇", order="rule") == [("b", "FEE"), ("b", "SUM")]
        assert rules(text="TXT不符") == [("a", "TXT")]
        assert rules(text="%") == []
        assert rules(scope={"year": 2023}, order="rule") == [("a", "SUM"), ("a", "TXT")]
        assert rules(scope={"kind": "town_gov"}, order="rule") == [("b", "FEE"), ("b", "SUM")]

    def test_pages_of_findings_meet_without_gap_or_overlap(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误A 错误B 错误C 警告D 提示E"))

        for order in ("newest", "severity", "agency", "rule"):
            pages = [
                world.index.findings(FindingQuery(order=order, limit=2, offset=offset))
                for offset in (0, 2, 4)
            ]
            assert {page.total for page in pages} == {5}
            assert len({row.finding.rule for page in pages for row in page.rows}) == 5

    def test_a_resolved_finding_is_seen_only_when_asked_for(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM"), read("a", 2024, "好"))

        assert world.index.findings(FindingQuery()).total == 0
        every = world.index.findings(FindingQuery(open_only=False))
        assert [(row.is_open, row.revision) for row in every.rows] == [(False, 2)]

    def test_since_tells_when_a_fault_was_opened(self, world: World) -> None:
        world.take(registered("a"), released())
        for minute, prose in ((1, "错误SUM=1"), (5, "错误SUM=2"), (7, "改正"), (9, "错误SUM=2")):
            world.take(read("a", 2024, prose, minute=minute))
            if minute == 5:
                assert world.index.findings(FindingQuery()).rows[0].since == at(1)

        assert world.index.findings(FindingQuery()).rows[0].since == at(9)

    def test_rules_are_counted_by_findings_and_reports(self, world: World) -> None:
        world.take(registered("a"), registered("b"), released())
        world.take(read("a", 2023, "错误SUM"), read("a", 2024, "错误SUM 警告TXT"), read("b", 2024))

        counts = [
            (c.rule, c.severity, c.findings, c.reports)
            for c in world.index.overview(Scope()).by_rule
        ]

        assert counts == [("SUM", "error", 2, 2), ("TXT", "warning", 1, 1)]

    def test_what_can_be_chosen_from_is_as_the_overview_tells(self, world: World) -> None:
        assert world.index.choices(Scope()) == Choices(years=(), by_rule=(), position=0)
        world.take(
            registered("a"),
            registered("b", parent="a"),
            released(),
            read("a", 2023, "错误SUM 错误LIT=4"),
            read("a", 2024, "警告TXT"),
            read("b", 2022, "错误SUM"),
            read("b", 2024, "正常", minute=5),
        )

        scopes = [
            Scope(), Scope(year=2023), Scope(year=1999), Scope(jurisdictions=("b",)),
            Scope(known_at=at(2)), Scope(known_at=at(-1)), Scope(kind="town"),
        ]  # fmt: skip
        for scope in scopes:
            overview, choices = world.index.overview(scope), world.index.choices(scope)
            assert (choices.years, choices.by_rule, choices.position) == (
                overview.years, overview.by_rule, overview.position,
            )  # fmt: skip
        assert len(world.index.choices(Scope()).by_rule) > 1
