"""What every index promises of who may see what, and of what was known when."""

from __future__ import annotations

from duban.domain.view import FindingQuery, ReportRow, Scope, SearchQuery
from duban.testing.anything import duty
from duban.testing.events import at, checked, due, read, registered, rejected, released, removed
from duban.testing.index import adds_up
from duban.testing.world import World

HERE = Scope(jurisdictions=("county",))


class ScopeContract:
    """Subclass with a fixture `world`."""

    def test_only_the_jurisdiction_is_seen(self, world: World) -> None:
        world.take(
            registered("county"),
            registered("in", parent="county"),
            registered("below", parent="in"),
            registered("out"),
            released(),
            *(read(agency, 2024, f"错误SUM 丙丁{agency}") for agency in ("in", "below", "out")),
            *(due(agency, duty(2023, "absent")) for agency in ("county", "out")),
            rejected("theirs", agency_id="out", year=2024),
            rejected("nobody's", "unassigned"),
            checked("out"),
        )

        assert {row.agency_id for row in world.index.matrix(HERE)} == {"county", "in", "below"}
        assert sum(row.ledger.owed for row in world.index.ledger(HERE, "kind")) == 3
        overview = world.index.overview(HERE)
        assert (overview.agencies, overview.open_errors, overview.rejected) == (3, 2, 0)
        assert overview.crawl.pages == 0
        assert {row.agency_id for row in overview.recent} == {"in", "below"}
        assert world.index.findings(FindingQuery(scope=HERE)).total == 2
        assert world.index.findings(FindingQuery(scope=HERE, agency_id="out")).total == 0
        assert world.index.report("out", 2024, HERE) is None
        assert world.index.agency("out", HERE) is None
        assert world.index.rejected(HERE) == []
        assert world.index.search(SearchQuery(text="丙丁", scope=HERE)).total == 2

    def test_a_jurisdiction_of_nothing_sees_nothing(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM"))

        overview = world.index.overview(Scope(jurisdictions=()))

        assert (overview.agencies, overview.ledger.owed, overview.open_errors) == (0, 0, 0)

    def test_parents_in_a_circle_do_no_harm(self, world: World) -> None:
        world.take(registered("a", parent="b"), registered("b", parent="a"), registered("c"))

        assert world.index.overview(Scope(jurisdictions=("a",))).agencies == 2

    def test_a_removed_agency_is_shown_no_more_but_is_still_known_as_it_was(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM", minute=1))
        world.take(removed("a", minute=10))

        assert world.index.overview(Scope()).open_errors == 0
        assert world.index.matrix(Scope()) == []
        assert world.index.overview(Scope(known_at=at(5))).open_errors == 1

    def test_what_was_known_then_is_told_as_it_was(self, world: World) -> None:
        world.take(registered("a", "旧名"), released())
        for minute, prose in ((10, "错误SUM=1"), (20, "错误SUM=1 警告TXT"), (30, "改正了")):
            world.take(read("a", 2024, prose, minute=minute))
        world.take(registered("a", "新名", minute=40))

        def known(minute: int) -> tuple[int, int, list[ReportRow]]:
            overview = world.index.overview(Scope(known_at=at(minute)))
            rows = world.index.matrix(Scope(known_at=at(minute)))
            return overview.open_errors, overview.open_warnings, list(rows)

        assert known(5) == (0, 0, [])
        assert [known(minute)[:2] for minute in (10, 15, 25, 35)] == [
            (1, 0),
            (1, 0),
            (1, 1),
            (0, 0),
        ]
        assert [row.agency for row in known(35)[2]] == ["旧名"]
        assert [row.agency for row in known(50)[2]] == ["新名"]
        then = world.index.search(SearchQuery(text="警告", scope=Scope(known_at=at(25))))
        assert (then.total, world.index.search(SearchQuery(text="警告")).total) == (1, 0)

    def test_an_agency_belongs_to_the_jurisdiction_in_which_it_stood_then(
        self, world: World
    ) -> None:
        world.take(registered("one"), registered("two"), released())
        world.take(registered("a", parent="one", minute=10), registered("b", parent="a", minute=10))
        world.take(read("b", 2024, "错误SUM", minute=11))
        world.take(registered("a", parent="two", minute=20))

        def seen(root: str, minute: int) -> tuple[int, int]:
            scope = Scope(jurisdictions=(root,), known_at=at(minute))
            overview = world.index.overview(scope)
            return overview.agencies, overview.open_errors

        assert (seen("one", 15), seen("two", 15)) == ((3, 1), (1, 0))
        assert (seen("one", 25), seen("two", 25)) == ((1, 0), (3, 1))
        then = world.index.agency("a", Scope(known_at=at(15)))
        now = world.index.agency("a", Scope())
        assert then is not None
        assert now is not None
        assert (then.agency.parent, [one for one, _ in then.above]) == ("one", ["one"])
        assert (now.agency.parent, [one for one, _ in now.above]) == ("two", ["two"])
        below = [world.index.agency("one", Scope(known_at=at(minute))) for minute in (15, 25)]
        assert [one and one.below for one in below] == [1, 0]

    def test_a_search_finds_the_words_that_stood_then_and_no_others(self, world: World) -> None:
        world.take(registered("a"), released())
        for minute, prose in ((10, "甲甲"), (20, "乙乙")):
            world.take(read("a", 2024, prose, minute=minute))

        def found(text: str, minute: int) -> tuple[int, int]:
            page = world.index.search(SearchQuery(text=text, scope=Scope(known_at=at(minute))))
            return page.total, len(page.hits)

        assert [found("甲甲", minute) for minute in (5, 10, 15, 20, 25)] == [
            (0, 0), (1, 1), (1, 1), (0, 0), (0, 0),
        ]  # fmt: skip
        assert [found("乙乙", minute) for minute in (5, 15, 20, 25)] == [
            (0, 0), (0, 0), (1, 1), (1, 1),
        ]  # fmt: skip

    def test_a_clock_set_back_leaves_one_answer_for_each_moment(self, world: World) -> None:
        world.take(registered("a"), released())
        for minute, prose in ((10, "甲甲"), (20, "乙乙"), (15, "丙丙"), (30, "丁丁")):
            world.take(read("a", 2024, prose, minute=minute))

        for minute in range(9, 35):
            overview = world.index.overview(Scope(known_at=at(minute)))
            assert adds_up(overview), minute
            assert overview.ledger.owed == (minute >= 10), minute
