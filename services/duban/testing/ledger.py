"""What every index promises of the coverage ledger: it adds up, and accuses nobody wrongly."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, given, settings

from duban.domain.event import Event, FindingOpened, ReportAssessed, record
from duban.domain.finding import Coverage, Finding
from duban.domain.obligation import Stage
from duban.domain.view import LEDGERS, STATES, Ledger, ReportState, Scope
from duban.testing.anything import ANYTHING, URL, duty, in_time
from duban.testing.events import (
    at,
    due,
    read,
    registered,
    rejected,
    released,
    withdrawn,
)
from duban.testing.world import World


def balances(ledger: Ledger) -> bool:
    """Whether what is owed is the sum of how it stands."""
    counts: list[int] = [getattr(ledger, state) for state in STATES]
    return sum(counts) == ledger.owed and min(counts) >= 0


class LedgerContract:
    """Subclass with fixtures `world` and `make_world`, each run with `evaluator()`."""

    def rows(self, world: World) -> dict[tuple[str, int], str]:
        return {(row.agency_id, row.year): row.state for row in world.index.matrix(Scope())}

    def test_without_a_calendar_nothing_is_absent(self, world: World) -> None:
        world.take(registered("a"), registered("b"), released(), read("a", 2024))

        assert self.rows(world) == {("a", 2024): "compliant"}

    def test_without_a_report_the_duty_says_how_it_stands(self, world: World) -> None:
        stages: tuple[Stage, ...] = ("not_yet_due", "blocked", "absent", "waived", "present")
        world.take(registered("a"), due("a", duty(2016, "ended")))
        world.take(*(due("a", duty(2017 + n, stage)) for n, stage in enumerate(stages)))

        assert self.rows(world) == {
            ("a", 2017): "not_yet_due",
            ("a", 2018): "blocked",
            ("a", 2019): "absent",
            ("a", 2020): "waived",
            ("a", 2021): "unreadable",  # seen, but never read
        }
        row = world.index.matrix(Scope())[2]
        assert (row.obligation, row.sha256) == (duty(2019, "absent"), None)

    def test_only_the_states_asked_for_are_listed(self, world: World) -> None:
        stages: tuple[Stage, ...] = ("not_yet_due", "blocked", "absent", "waived")
        world.take(registered("a"), released(), read("a", 2024))
        world.take(*(due("a", duty(2017 + n, stage)) for n, stage in enumerate(stages)))
        every = world.index.matrix(Scope())
        some: tuple[ReportState, ...] = ("absent", "not_yet_due")

        assert list(world.index.matrix(Scope(), some)) == [r for r in every if r.state in some]
        assert [r.year for r in world.index.matrix(Scope(known_at=at(10**6)), some)] == [2017, 2019]
        assert list(world.index.matrix(Scope(year=2018), some)) == []

    def test_a_report_counts_before_the_stage_of_its_duty(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2022, "错误SUM"), read("a", 2023))
        world.take(read("a", 2024), rejected("scan", agency_id="a", year=2021))
        for year, stage in ((2021, "blocked"), (2022, "waived"), (2023, "absent"), (2024, "ended")):
            world.take(due("a", duty(year, stage)))  # type: ignore[arg-type]

        assert self.rows(world) == {
            ("a", 2021): "unreadable",
            ("a", 2022): "failing",
            ("a", 2023): "compliant",
            ("a", 2024): "compliant",
        }
        assert world.index.matrix(Scope())[3].obligation is None

    def test_a_report_of_a_year_that_nothing_is_owed_for_is_owed_no_more_when_it_is_gone(
        self, world: World
    ) -> None:
        world.take(registered("a"), released(), read("a", 2024, url=URL))
        world.take(due("a", duty(2024, "ended")), withdrawn("a", "x", URL, minute=3))

        assert self.rows(world) == {}
        assert world.index.overview(Scope()).years == ()

    def test_a_withdrawn_report_counts_as_its_duty_says_and_stays_known(self, world: World) -> None:
        fact = read("a", 2024, "错误SUM 丙丁", url=URL)
        world.take(registered("a"), released(), fact, due("a", duty(2024, "present")))
        world.take(withdrawn("a", "x", URL, minute=3))
        world.take(due("a", duty(2024, "absent"), revision=2, minute=3))

        view = world.index.report("a", 2024, Scope())

        assert view is not None
        assert (view.row.state, view.row.sha256, view.coverage) == ("absent", None, None)
        assert view.row.reason is not None
        assert view.row.reason.code == "withdrawn"
        assert view.report == fact.body.report  # type: ignore[union-attr]
        assert (view.url, view.findings) == (URL, ())

    def test_a_report_withdrawn_elsewhere_stands(self, world: World) -> None:
        world.take(registered("a"), released(), read("a", 2024, url=URL), read("b", 2024, url=URL))
        world.take(withdrawn("a", "x", "http://h/2", minute=3), withdrawn("b", "x", URL, minute=3))

        assert self.rows(world) == {("a", 2024): "compliant"}

    def test_a_report_posted_anew_stands_again_and_one_read_anew_does_not(
        self, world: World
    ) -> None:
        for agency in "ab":
            world.take(registered(agency), released(), read(agency, 2024, "旧", url=URL))
            world.take(due(agency, duty(2024, "absent")), withdrawn(agency, "x", URL, minute=3))
        again = read("a", 2024, "旧", url=URL, reader="2")
        world.take(
            msgspec.structs.replace(again, at=at(9)), read("b", 2024, "新", url=URL, minute=9)
        )

        states = self.rows(world)

        assert (states["a", 2024], states["b", 2024]) == ("absent", "compliant")

    def test_what_came_again_before_its_withdrawal_was_heard_of_stands(self, world: World) -> None:
        scan = rejected("scan", agency_id="b", year=2024, url=URL, minute=5)
        world.take(registered("a"), registered("b"), released())
        world.take(read("a", 2024, url=URL, minute=5), scan)
        before = self.rows(world)

        world.take(withdrawn("a", "x", URL, minute=3), withdrawn("b", "x", URL, minute=3))

        assert self.rows(world) == before == {("a", 2024): "compliant", ("b", 2024): "unreadable"}

    def test_what_was_found_before_it_was_withdrawn_is_gone_whenever_it_was_read(
        self, world: World
    ) -> None:
        fact = read("a", 2024, url=URL, minute=9)
        body = msgspec.structs.replace(fact.body, found_at=at(1))
        world.take(registered("a"), released(), due("a", duty(2024, "ended")))
        world.take(msgspec.structs.replace(fact, body=body))

        world.take(withdrawn("a", "x", URL, minute=5))

        assert self.rows(world) == {}

    def test_unreadable_bytes_that_were_withdrawn_stand_there_no_more(self, world: World) -> None:
        world.take(registered("a"), due("a", duty(2024, "absent")))
        world.take(rejected("scan", agency_id="a", year=2024, url=URL, minute=2))
        assert self.rows(world) == {("a", 2024): "unreadable"}

        world.take(withdrawn("a", "scan", URL, minute=3))

        assert self.rows(world) == {("a", 2024): "absent"}

    def test_a_late_report_is_counted_as_such(self, world: World) -> None:
        world.take(registered("a"), registered("b"), released(), read("a", 2024), read("b", 2024))
        world.take(due("a", duty(2024, "present", gravity="error")))
        world.take(due("b", duty(2024, "present")), due("b", duty(2023, "absent", gravity="error")))

        assert [
            (row.key, row.late, row.ledger) for row in world.index.overview(Scope()).by_year
        ] == [
            ("2024", 1, Ledger(owed=2, compliant=2)),
            ("2023", 0, Ledger(owed=1, absent=1)),
        ]

    def test_an_absence_is_judged_and_shown_with_its_findings(self, world: World) -> None:
        finding = Finding(
            rule="MISSING", severity="error", message="", message_en="", fingerprint="f"
        )
        judged = ReportAssessed(
            agency_id="a",
            year=2024,
            sha256="",
            revision=1,
            rulebook="1",
            rulebook_sha256="",
            coverage=Coverage(assertions=1, fail=1),
            errors=1,
            warnings=0,
            infos=0,
        )
        opened = FindingOpened(
            agency_id="a", year=2024, revision=1, sha256="", rulebook="1", finding=finding
        )
        world.take(registered("a"), due("a", duty(2024, "absent")))
        world.take(record(judged, id="judged", at=at(5)), record(opened, id="opened", at=at(5)))

        view = world.index.report("a", 2024, Scope())

        assert view is not None
        assert (view.row.state, view.row.errors, view.rulebook) == ("absent", 1, "1")
        assert [row.finding.rule for row in view.findings] == ["MISSING"]
        assert world.index.overview(Scope()).open_errors == 1

    def test_the_ledger_is_told_by_year_by_kind_and_by_supervising_agency(
        self, world: World
    ) -> None:
        world.take(
            registered("city", "甲市人民政府", kind="pref_gov"),
            registered("a", parent="city", kind="town_gov"),
            registered("b", parent="city"),
            registered("c", parent="elsewhere"),
            released(),
            *(read(agency, 2024) for agency in ("city", "a")),
            *(due(agency, duty(2023, "absent")) for agency in ("a", "b", "c")),
        )

        told = {
            by: [(row.key, row.name, row.ledger.owed) for row in world.index.ledger(Scope(), by)]
            for by in LEDGERS
        }

        assert told["year"] == [("2024", "2024", 2), ("2023", "2023", 3)]
        assert told["kind"] == [
            ("dept_county", "dept_county", 2),
            ("pref_gov", "pref_gov", 1),
            ("town_gov", "town_gov", 2),
        ]
        assert told["parent"] == [
            ("", "", 1),
            ("elsewhere", "elsewhere", 1),
            ("city", "甲市人民政府", 3),
        ]
        assert [row.parent for row in world.index.matrix(Scope(year=2024))] == ["city", None]
        narrow = Scope(jurisdictions=("city",), year=2023, kind="dept_county")
        assert [row.ledger for row in world.index.ledger(narrow, "parent")] == [
            Ledger(owed=1, absent=1)
        ]

    def test_the_ledger_adds_up_whatever_happens(self, make_world: Callable[[], World]) -> None:
        @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
        @given(ANYTHING)
        def adds_up(facts: list[Event]) -> None:
            world = make_world()
            facts = in_time(facts)
            world.take(*facts)
            for moment in (None, *sorted({fact.at for fact in facts})):
                for roots in (None, (), ("a",), ("county",)):
                    for kind in (None, "town_gov"):
                        scope = Scope(jurisdictions=roots, kind=kind, known_at=moment)
                        assert_sums_agree(world, scope)

        adds_up()


def assert_sums_agree(world: World, scope: Scope) -> None:
    """The rows of the matrix, the front page and each ledger tell the same sums."""
    rows = world.index.matrix(scope)
    overview = world.index.overview(scope)
    assert balances(overview.ledger)
    assert overview.ledger.owed == len(rows)
    assert overview.years == tuple(sorted({row.year for row in rows}, reverse=True))
    for year in (None, *overview.years[:1]):
        one_year = msgspec.structs.replace(scope, year=year)
        assert tuple(world.index.years(one_year)) == overview.years
    for state in STATES:
        counted = sum(row.state == state for row in rows)
        for by in LEDGERS:
            told = world.index.ledger(scope, by)
            assert all(balances(one.ledger) and one.late <= one.ledger.owed for one in told)
            assert sum(getattr(one.ledger, state) for one in told) == counted
        assert getattr(overview.ledger, state) == counted
    assert world.index.ledger(scope, "year") == overview.by_year
    assert world.index.ledgers(scope) == {by: world.index.ledger(scope, by) for by in LEDGERS}
