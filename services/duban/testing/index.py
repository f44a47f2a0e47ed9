"""What every index promises: answers that add up, within a jurisdiction, at any time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from duban.domain.event import Body, FindingOpened, FindingResolved, ReportAssessed, record
from duban.domain.finding import Coverage, Finding
from duban.domain.view import FindingQuery, Ledger, Overview, Scope, SearchQuery
from duban.ports import Recorded
from duban.testing.anything import duty
from duban.testing.events import (
    at,
    checked,
    due,
    read,
    registered,
    rejected,
    released,
    sha256,
)
from duban.testing.findings import FindingsContract
from duban.testing.ledger import balances
from duban.testing.world import World


def adds_up(overview: Overview) -> bool:
    """Whether the figures of the front page agree with one another."""
    ledgers = [row.ledger for row in overview.by_year]
    return (
        all(balances(one) for one in (overview.ledger, *ledgers))
        and all(0 <= row.late <= row.ledger.owed for row in overview.by_year)
        and {int(row.key) for row in overview.by_year} <= set(overview.years)
        and sum(one.owed for one in ledgers) == overview.ledger.owed
        and all(one.owed <= overview.agencies for one in ledgers)
    )


class IndexContract(FindingsContract):
    """Subclass with a fixture `world` whose judge finds what the prose says."""

    def states(self, world: World, scope: Scope = Scope()) -> dict[tuple[str, int], str]:  # noqa: B008 - a frozen value
        return {(row.agency_id, row.year): row.state for row in world.index.matrix(scope)}

    def test_an_empty_index_owes_nothing(self, world: World) -> None:
        overview = world.index.overview(Scope())

        assert (overview.agencies, overview.years, overview.ledger.owed) == (0, (), 0)
        assert world.index.matrix(Scope()) == []
        assert world.index.search(SearchQuery(text="政府")).total == 0

    def test_what_was_seen_is_owed_and_adds_up(self, world: World) -> None:
        world.take(
            registered("a"),
            registered("b"),
            released(),
            read("a", 2023, "错误SUM"),
            read("a", 2024, "正常"),
            rejected("scan", agency_id="b", year=2024),
        )

        assert self.states(world) == {
            ("a", 2023): "failing",
            ("a", 2024): "compliant",
            ("b", 2024): "unreadable",
        }
        overview = world.index.overview(Scope())
        assert [(row.key, row.ledger) for row in overview.by_year] == [
            ("2024", Ledger(owed=2, compliant=1, unreadable=1)),
            ("2023", Ledger(owed=1, failing=1)),
        ]
        assert adds_up(overview)

    def test_a_year_of_the_scope_is_counted_alone(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2023, "错误SUM"), read("a", 2024))

        overview = world.index.overview(Scope(year=2024))

        assert (overview.ledger.owed, overview.ledger.compliant, overview.open_errors) == (1, 1, 0)
        assert overview.years == (2024, 2023)

    def test_a_report_that_was_not_judged_is_never_clean_or_absent(self, world: World) -> None:
        world.take(registered("a"), read("a", 2024, "正常"))

        row = world.index.matrix(Scope())[0]

        assert row.state == "unreadable"
        assert row.reason is not None
        assert row.reason.code == "not_judged"

    def test_faults_of_the_old_bytes_are_not_shown_in_new_ones_that_were_not_judged(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM"))
        world.take(read("a", 2024, "崩溃", minute=2))

        report = world.index.report("a", 2024, Scope())

        assert report is not None
        assert (report.row.state, report.findings) == ("unreadable", ())

    def test_unreadable_bytes_in_the_place_of_a_report_prove_nothing(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM", url="http://h/1"))
        world.take(rejected("scan", agency_id="a", year=2024, url="http://h/1", minute=2))

        report = world.index.report("a", 2024, Scope())

        assert report is not None
        assert (report.row.state, report.row.errors, report.findings) == ("unreadable", 0, ())
        assert world.index.overview(Scope()).open_errors == 0

    def test_unreadable_bytes_elsewhere_leave_the_report_as_it_is(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM", url="http://h/1"))
        world.take(rejected("scan", agency_id="a", year=2024, url="http://h/2", minute=2))

        assert self.states(world) == {("a", 2024): "failing"}

    def test_other_documents_are_listed_but_are_no_report(self, world: World) -> None:
        world.take(registered("a"), rejected("budget", "other_document", agency_id="a", year=2024))

        assert self.states(world) == {}
        assert [one.status for one in world.index.rejected(Scope())] == ["other_document"]

    def test_rejected_bytes_that_are_read_later_are_listed_no_more(self, world: World) -> None:
        world.take(registered("a"), rejected("bytes", "unassigned"))
        assert world.index.overview(Scope()).rejected == 1

        world.take(read("a", 2024, "正常", bytes_="bytes", minute=3))

        assert world.index.rejected(Scope()) == []
        assert world.index.overview(Scope()).rejected == 0

    def test_a_report_is_shown_whole(self, world: World) -> None:
        fact = read("a", 2024, "错误SUM=3 警告TXT", url="http://h/1", minute=4)
        world.take(registered("a", "甲局"), released("7"), fact)

        report = world.index.report("a", 2024, Scope())

        assert report is not None
        assert report.report == fact.body.report  # type: ignore[union-attr]
        assert (report.media, report.url, report.rulebook) == ("html", "http://h/1", "7")
        assert [row.finding.rule for row in report.findings] == ["SUM", "TXT"]
        assert (report.row.errors, report.row.warnings) == (1, 1)
        assert (report.row.agency, report.row.posted_at) == ("甲局", at(4))

    def test_an_absent_report_is_shown_as_such_and_a_year_never_seen_is_not(
        self, world: World
    ) -> None:
        world.take(registered("a"), registered("b"), released(), read("a", 2024))
        world.take(due("b", duty(2024, "absent")))

        absent = world.index.report("b", 2024, Scope())

        assert absent is not None
        assert (absent.row.state, absent.report) == ("absent", None)
        assert world.index.report("b", 1999, Scope()) is None
        assert world.index.report("nobody", 2024, Scope()) is None

    def test_an_agency_has_its_reports_newest_first(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2022), read("a", 2024))

        agency = world.index.agency("a", Scope())

        assert agency is not None
        assert [row.year for row in agency.reports] == [2024, 2022]
        assert world.index.agency("b", Scope()) is None

    def test_pages_checked_are_summed_up(self, world: World) -> None:
        world.take(
            registered("a"),
            checked("a", "http://h/1", "failed", minute=1),
            checked("a", "http://h/2", "blocked", minute=2),
            checked("a", "http://h/1", "read", minute=3),
        )

        crawl = world.index.overview(Scope()).crawl

        assert (crawl.pages, crawl.failed, crawl.last_checked) == (2, 1, at(3))

    def test_an_agency_is_shown_with_whom_it_stands_between_and_how_it_was_looked_at(
        self, world: World
    ) -> None:
        world.take(
            registered("city", "甲市人民政府"),
            registered("county", "乙县人民政府", parent="city"),
            *(registered(agency, parent="county") for agency in ("a", "b")),
            checked("county", "http://h/2", minute=1),
            checked("county", "http://h/1", "failed", minute=2),
            checked("county", "http://h/1", whole=True, announced=(2024,), minute=3),
            rejected("scan", agency_id="county", year=2024),
            rejected("other", "other_document", agency_id="a"),
        )

        shown = world.index.agency("county", Scope())
        below = world.index.agency("a", Scope(jurisdictions=("county",)))

        assert shown is not None
        assert (shown.above, shown.below) == ((("city", "甲市人民政府"),), 2)
        assert [(look.check.url, look.check.outcome, look.at) for look in shown.looks] == [
            ("http://h/1", "read", at(3)),
            ("http://h/2", "read", at(1)),
        ]
        assert shown.looks[0].check.announced == (2024,)
        assert [one.sha256 for one in shown.rejected] == [sha256("scan")]
        assert below is not None
        assert below.above == (("county", "乙县人民政府"),)  # no further than one may see

    def test_supervising_agencies_in_a_circle_end_where_they_began(self, world: World) -> None:
        world.take(registered("a", "甲", parent="b"), registered("b", "乙", parent="a"))

        shown = world.index.agency("a", Scope())

        assert shown is not None
        assert (shown.above, shown.below) == ((("b", "乙"),), 1)

    def test_the_position_grows_with_every_change(self, world: World) -> None:
        positions = [world.index.position()]
        for fact in (registered("a"), released(), read("a", 2024), read("a", 2024, "错误SUM")):
            world.take(fact)
            positions.append(world.index.position())

        assert positions == sorted(set(positions))
        assert positions[0] == 0

    def test_applying_the_same_events_again_changes_nothing(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, "错误SUM"), checked("a"))
        world.take(rejected("scan", agency_id="a", year=2023), read("a", 2024, "警告TXT"))
        before, overview = world.answers(), world.index.overview(Scope())

        world.index.apply(world.history())
        for one in reversed(world.history()):
            world.index.apply([one])

        assert world.answers() == before
        assert world.index.overview(Scope()) == overview

    def test_an_older_revision_never_replaces_a_newer_one(self, world: World) -> None:
        world.take(registered("a"), read("a", 2024, bytes_="x"))
        finding = Finding(
            rule="SUM", severity="error", message="", message_en="", fingerprint="f", evidence="e"
        )
        told = {"agency_id": "a", "year": 2024, "sha256": sha256("x")}
        bodies: list[Body] = [
            FindingResolved(revision=3, fingerprint="f", because="revised", **told),  # type: ignore[arg-type]
            FindingOpened(revision=2, rulebook="1", finding=finding, **told),  # type: ignore[arg-type]
            *(
                ReportAssessed(
                    revision=revision,
                    rulebook="1",
                    rulebook_sha256="",
                    coverage=Coverage(),
                    errors=errors,
                    warnings=0,
                    infos=0,
                    **told,  # type: ignore[arg-type]
                )
                for revision, errors in ((5, 0), (4, 9))
            ),
        ]
        first = FindingOpened(revision=1, rulebook="1", finding=finding, **told)  # type: ignore[arg-type]

        position = world.index.position()
        for n, body in enumerate([first, *bodies], 1):
            event = record(body, id=f"late-{n}", at=at(60 + n))
            world.index.apply([Recorded(position + n, event)])

        assert world.index.findings(FindingQuery()).total == 0
        assert self.states(world) == {("a", 2024): "compliant"}

    def test_many_threads_may_ask_while_events_are_taken_in(self, world: World) -> None:
        world.take(registered("a"), registered("b"), released())

        def ask(_: int) -> bool:
            world.index.search(SearchQuery(text="错误"))
            return adds_up(world.index.overview(Scope()))

        with ThreadPoolExecutor(6) as pool:
            answers = [pool.submit(ask, n) for n in range(60)]
            for n in range(20):
                world.take(read("ab"[n % 2], 2010 + n, "错误SUM", minute=n))
            assert all(answer.result() for answer in answers)
