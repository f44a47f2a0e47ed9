"""What every index promises of long exports: each row once, as all of it stood at one moment."""

from __future__ import annotations

from itertools import islice

from duban.domain.event import Body, Event, FindingOpened, FindingResolved, record
from duban.domain.finding import Finding
from duban.domain.view import FindingQuery, FindingRow
from duban.testing.events import at, registered, sha256
from duban.testing.world import World

MANY = 1200  # more than any index reads at once


def opened(agency_id: str, number: int) -> Event:
    """A finding of the report of 2024, later ones of later minutes."""
    finding = Finding(
        rule="SUM", severity="error", message=f"第 {number} 处", message_en="",
        fingerprint=f"f{number:05}",
    )  # fmt: skip
    return _told(
        FindingOpened(
            agency_id=agency_id, year=2024, revision=1, sha256=sha256("x"), rulebook="1",
            finding=finding,
        ),
        number,
    )  # fmt: skip


def resolved(agency_id: str, number: int) -> Event:
    """The end of a finding."""
    return _told(
        FindingResolved(
            agency_id=agency_id, year=2024, revision=2, fingerprint=f"f{number:05}",
            sha256=sha256("x"), because="revised",
        ),
        number,
    )  # fmt: skip


def _told(body: Body, number: int) -> Event:
    return record(body, id=f"{type(body).__name__}-{number}", at=at(number))


def fingerprints(rows: list[FindingRow]) -> list[str]:
    """Which findings the rows are of."""
    return [row.finding.fingerprint for row in rows]


class ExportContract:
    """Subclass with a fixture `world`."""

    def test_all_findings_are_those_of_the_pages_in_their_order(self, world: World) -> None:
        world.take(registered("a"), registered("b"))
        world.take(*(opened("ab"[n % 2], n) for n in range(MANY)))
        for order in ("newest", "agency"):
            for text in (None, "7 处"):
                query = FindingQuery(order=order, text=text, limit=2 * MANY)
                page = world.index.findings(query)

                with world.index.all_findings(FindingQuery(order=order, text=text)) as found:
                    total, rows = found
                    assert (total, tuple(rows)) == (page.total, page.rows)

    def test_a_change_in_the_middle_of_an_export_neither_doubles_nor_loses_a_row(
        self, world: World
    ) -> None:
        world.take(registered("a", "甲局"), *(opened("a", n) for n in range(MANY)))
        query = FindingQuery(order="newest")
        before = world.index.findings(FindingQuery(order="newest", limit=2 * MANY)).rows

        with world.index.all_findings(query) as (total, rows):
            read = list(islice(rows, MANY // 2))
            world.take(opened("a", MANY), *(resolved("a", n) for n in range(0, MANY, 2)))
            world.take(registered("a", "乙局", minute=MANY))
            read += rows

        assert total == MANY
        assert read == list(before)
        now = world.index.findings(FindingQuery(order="newest", limit=2 * MANY)).rows
        assert len(now) == MANY // 2 + 1
        assert {row.agency for row in now} == {"乙局"}

    def test_an_export_that_is_broken_off_holds_nothing_up(self, world: World) -> None:
        world.take(registered("a"), *(opened("a", n) for n in range(MANY)))
        for _ in range(20):
            with world.index.all_findings(FindingQuery()) as (_, rows):
                next(rows)

        world.take(resolved("a", 0))

        assert world.index.findings(FindingQuery()).total == MANY - 1
