"""What every full-text search promises: what stands there is found, and nothing else."""

from __future__ import annotations

import pytest

from duban.domain.view import Scope, SearchQuery
from duban.testing.events import at, read, registered, released, removed, withdrawn
from duban.testing.world import World


class SearchContract:
    """Subclass with a fixture `world`."""

    @pytest.mark.parametrize(
        ("text", "found"),
        [
            ("政府", ["a", "b"]),
            ("政府信息", ["a"]),
            ("政府信息公开工作", ["a"]),
            ("府", ["a", "b"]),
            ("民", ["b"]),  # the last character of its run
            ("息公", ["a"]),
            ("公开信息", []),
            ("政 府", ["a", "b"]),  # two pieces, each anywhere
            ("政府 GDP", ["b"]),
            ("gdp", ["b"]),
            ("ＧＤＰ", ["b"]),
            ("gd", []),  # words of letters and digits are whole
            ("2024", ["a", "b"]),
            ("024", []),
            ("申请12件", ["a"]),
            ("申请１２件", ["a"]),
            ("12", ["a"]),
            ("件，其中", ["a"]),
            ("件其中", []),
            ("增长百分之五", ["b"]),  # broken by a line break in the source
            ("”", []),
            ("", []),
            ('政府" OR "x', []),
            ("政府 NEAR", []),
        ],
    )
    def test_search_is_exact(self, world: World, text: str, found: list[str]) -> None:
        world.take(
            registered("a"),
            registered("b"),
            released(),
            read("a", 2024, "政府信息公开工作：收到申请12件，其中"),
            read("b", 2024, "区政府的GDP增长\n百分 之五，服务人民"),
        )
        page = world.index.search(SearchQuery(text=text))

        assert [hit.agency_id for hit in page.hits] == found
        assert page.total == len(found)

    def test_snippets_mark_what_was_searched_where_it_stands(self, world: World) -> None:
        prose = "前" * 100 + "收到政府信息公开申请" + "后" * 100 + "政府信息"
        world.take(registered("a", "甲局"), released(), read("a", 2024, prose))

        hit = world.index.search(SearchQuery(text="政府信息")).hits[0]

        assert hit.agency == "甲局"
        for snippet in hit.snippets:
            assert [text for text, is_match in snippet if is_match] == ["政府信息"]
            assert "".join(text for text, _ in snippet) in f"{prose}\n{hit.title}"
        assert len(hit.snippets) == 2

    @pytest.mark.parametrize(
        ("text", "marked"),
        [
            ("İstanbul", "İstanbul"),
            ("istanbul", "İstanbul"),
            ("ISTANBUL", "İstanbul"),
            ("gdp", "GDP"),
            ("政府的", "政府的"),
            (
                "与istanbul、İzmir、ankara交流，政府的gdp增长",
                "与İstanbul、İzmir、Ankara交流，政府的GDP增长",
            ),
        ],
    )
    def test_letters_that_grow_in_lower_case_hide_and_shift_nothing(
        self, world: World, text: str, marked: str
    ) -> None:
        prose = "İİİ，İ：与İstanbul、İzmir、Ankara交流，政府的GDP增长"
        world.take(registered("a"), released(), read("a", 2024, prose))

        hit = world.index.search(SearchQuery(text=text)).hits[0]

        runs = [run for snippet in hit.snippets for run in snippet]
        assert [part for part, is_match in runs if is_match] == [marked]

    def test_no_match_is_shown_half(self, world: World) -> None:
        world.take(registered("a"), released())
        for gap in range(0, 80, 3):
            prose = f"政府信息{'甲' * gap}政府信息{'乙' * gap}政府信息"
            world.take(read("a", 2024, prose, bytes_=f"{gap}", minute=gap))

            hit = world.index.search(SearchQuery(text="政府信息")).hits[0]

            marked = {text for snippet in hit.snippets for text, is_match in snippet if is_match}
            assert marked == {"政府信息"}, gap

    def test_hits_come_in_pages_newest_year_first(self, world: World) -> None:
        years = (2020, 2021, 2022, 2023, 2024)
        world.take(registered("a"), released(), *(read("a", year, "群众满意") for year in years))

        pages = [
            world.index.search(SearchQuery(text="群众", limit=2, offset=offset))
            for offset in (0, 2, 4)
        ]

        assert [hit.year for page in pages for hit in page.hits] == sorted(years, reverse=True)
        assert {page.total for page in pages} == {5}

    def test_only_the_report_that_stands_now_is_found(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "旧的措辞"))
        world.take(read("a", 2024, "新的措辞", minute=2))

        assert world.index.search(SearchQuery(text="旧的")).total == 0
        assert world.index.search(SearchQuery(text="新的")).total == 1

    def test_a_report_that_was_withdrawn_is_found_no_more(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "原来的措辞", url="http://h/1"))
        world.take(withdrawn("a", "x", "http://h/1", minute=5))

        assert world.index.search(SearchQuery(text="原来")).total == 0
        then = Scope(known_at=at(4))
        assert world.index.search(SearchQuery(text="原来", scope=then)).total == 1

    def test_words_that_come_back_are_found_again(self, world: World) -> None:
        world.take(registered("a"), released())
        for minute, words in ((1, "旧的措辞"), (2, "新的措辞"), (3, "旧的措辞")):
            world.take(read("a", 2024, words, bytes_=f"{minute}", minute=minute))

        assert world.index.search(SearchQuery(text="旧的")).total == 1
        assert world.index.search(SearchQuery(text="新的")).total == 0

    def test_reports_of_agencies_that_are_not_in_the_roster_are_not_found(
        self, world: World
    ) -> None:
        def found() -> int:
            return world.index.search(SearchQuery(text="丙丁")).total

        world.take(released(), read("a", 2024, "丙丁"))
        assert found() == 0
        world.take(registered("a", minute=2))
        assert found() == 1
        world.take(removed("a", minute=3))
        assert found() == 0
        world.take(read("a", 2024, "丙丁改", minute=4), registered("a", minute=5))
        assert found() == 1

    def test_a_year_and_a_jurisdiction_narrow_a_search(self, world: World) -> None:
        world.take(registered("a", parent="county"), registered("b"), released())
        world.take(*(read(agency, year, "丙丁") for agency in "ab" for year in (2023, 2024)))

        scopes = (
            Scope(year=2023),
            Scope(jurisdictions=("county",)),
            Scope(jurisdictions=("county",), year=2024),
            Scope(kind="town_gov"),
        )

        found = [world.index.search(SearchQuery(text="丙丁", scope=scope)) for scope in scopes]

        assert [[(hit.agency_id, hit.year) for hit in page.hits] for page in found] == [
            [("a", 2023), ("b", 2023)],
            [("a", 2024), ("a", 2023)],
            [("a", 2024)],
            [],
        ]
        assert [page.total for page in found] == [2, 2, 1, 0]
