"""However an office changes, every page, export and answer tells the same sums."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter
from datetime import datetime, timedelta

import httpx

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain import event as events
from duban.domain.agency import Agency, Waiver
from duban.domain.event import CalendarReleased, Event, record
from duban.domain.view import STATES, Scope
from duban.testing.clock import SHANGHAI
from duban.testing.events import checked, read, rejected, withdrawn
from duban.testing.ledger import assert_sums_agree
from duban.testing.office import open_office
from duban.testing.world import World
from duban.web.vocabulary import KINDS
from duban.web.vocabulary import STATES as STATE_WORDS

AGENCIES = ("a", "b", "c", "d", "e")
SOME_KINDS = ("dept_county", "town_gov", "county_gov", "subdistrict")
SOME_YEARS = (2001, 2019, 2023, 2024, 2025, 2026, 2099)
DAYS = ("2025-01-05", "2025-02-01", "2025-02-10", "2025-04-01", "2026-02-01", "2026-04-02",
        "2031-02-01", "2040-04-01")  # fmt: skip
STEPS = 6


class Walk:
    """An office to which, day after day, anything happens."""

    def __init__(self, seed: int, calendar: str) -> None:
        self._random = random.Random(seed)
        self._calendar = calendar
        self._told = 0
        self._days = list(DAYS)
        self._now = datetime(2025, 1, 2, 9, tzinfo=SHANGHAI)

    def begin(self) -> list[Event]:
        """The roster as it is at first, a day in January, and one after the last days of all."""
        roster = [
            Agency(id=key, name=f"{key}县局", kind=kind, columns=("http://h/list",), waived=waived)
            for key, kind, waived in (
                ("a", "county_gov", ()),
                ("b", "dept_county", (Waiver(2024, "机构改革"),)),
                ("c", "town_gov", ()),
            )
        ]
        looks = [checked(one.id, "http://h/list", whole=True).body for one in roster]
        return [
            *(self._event(events.AgencyRegistered(agency=one)) for one in roster),
            self._day(),
            *map(self._event, looks),
        ]

    def _day(self) -> Event:
        day = self._days.pop(0)
        self._now = max(self._now, datetime.fromisoformat(f"{day}T00:01+08:00"))
        return self._event(events.DayBegan(day=day, calendar_sha256=self._calendar))

    def step(self) -> list[Event]:
        """What happens next; sometimes a day, even one of years later, begins."""
        facts = [self._fact() for _ in range(self._random.randint(1, 6))]
        if self._days and self._random.random() < 0.6:
            facts.append(self._day())
        return facts

    def _event(self, body: events.Body) -> Event:
        self._told += 1
        self._now += timedelta(seconds=self._random.choice([0, 1, 60]))
        return record(body, id=f"walk-{self._told}", at=self._now)

    def _fact(self) -> Event:
        pick = self._random.choice
        agency_id, year, url = pick(AGENCIES), pick(SOME_YEARS), pick(["http://h/1", "http://h/2"])
        made = {
            "roster": lambda: events.AgencyRegistered(agency=self._agency(agency_id)),
            "removed": lambda: events.AgencyRemoved(agency_id=agency_id, reason="撤并"),
            "read": lambda: read(agency_id, year, pick(["一", "二", "三"]), url=url).body,
            "scan": lambda: rejected(pick("xy"), agency_id=agency_id, year=year, url=url).body,
            "gone": lambda: withdrawn(agency_id, "x", url).body,
            "look": lambda: checked(
                agency_id, "http://h/list", pick(["read", "read", "failed"]), whole=True,
                announced=pick([(), (2023,)]),
            ).body,
        }  # fmt: skip
        return self._event(made[pick([*made, "roster", "look"])]())

    def _agency(self, agency_id: str) -> Agency:
        pick = self._random.choice
        return Agency(
            id=agency_id,
            name=f"{agency_id}县{pick('甲乙丙')}局",
            kind=pick(SOME_KINDS),
            parent=pick([None, "a", "b", "elsewhere"]),
            columns=("http://h/list",),
            valid_from=pick([None, "2024-06-01", "2030-01-01"]),
            valid_to=pick([None, None, "2025-01-15", "2026-12-31"]),
            waived=pick(
                [(), (Waiver(2024, "机构改革"),), (Waiver(2025, "撤并"), Waiver(2098, "远"))]
            ),
        )


def table(client: httpx.Client, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(client.get(path).text.removeprefix("\ufeff"))))


def assert_answers_agree(client: httpx.Client, query: str) -> None:
    """Matrix, ledger and front page, as JSON and as tables to take away, tell the same sums."""
    rows = client.get(f"/api/v1/matrix?{query}").json()
    states = Counter(row["state"] for row in rows)
    ledger = client.get(f"/api/v1/overview?{query}").json()["ledger"]
    assert ledger == {"owed": len(rows), **{state: states[state] for state in STATES}}, query
    words = {zh: state for state, (zh, _) in STATE_WORDS.items()}
    taken = table(client, f"/matrix.csv?{query}")
    assert Counter(words[row["状态"]] for row in taken) == states
    groups = {
        "year": ("年度", lambda row: str(row["year"])),
        "kind": ("类别", lambda row: row["kind"]),
        "parent": ("主管机关", lambda row: row["parent"] or ""),
    }
    sheet = table(client, f"/ledger.csv?{query}")
    for by, (name, key_of) in groups.items():
        told = client.get(f"/api/v1/ledger?{query}&by={by}").json()
        expected = Counter((key_of(row), row["state"]) for row in rows)
        assert {
            (one["key"], state): one["ledger"][state]
            for one in told
            for state in STATES
            if one["ledger"][state]
        } == expected, (query, by)
        assert sum(one["ledger"]["owed"] for one in told) == len(rows)
        lines = [row for row in sheet if row["分组"] == name]
        assert [int(line["应报"]) for line in lines] == [one["ledger"]["owed"] for one in told]
        for line in lines:
            assert int(line["应报"]) == sum(int(line[STATE_WORDS[state][0]]) for state in STATES)
    for kind in KINDS if not query else ():
        shown = client.get(f"/api/v1/matrix?kind={kind}").json()
        assert shown == [row for row in rows if row["kind"] == kind]


def test_all_tell_the_same_sums_whatever_happens(
    client: httpx.Client, store: EmbeddedStore
) -> None:
    runner = open_office(store)
    bodies = [one.event.body for one in store.log.read("facts")]
    (calendar,) = (body.sha256 for body in bodies if isinstance(body, CalendarReleased))
    world = World(log=store.log, states=store.states, index=store.index, run=runner.run_until_idle)
    walk = Walk(10, calendar)
    moments: list[datetime] = []
    seen: set[str] = set()
    for n in range(STEPS):
        facts = walk.step() if n else walk.begin()
        world.take(*facts)
        moments.append(facts[-1].at)
        seen |= {row.state for row in store.index.matrix(Scope())}
        for query in ("", "year=2024", "year=2099&kind=dept_county"):
            assert_answers_agree(client, query)
        for roots in ((), ("a",), ("b", "elsewhere"), ("nobody",)):
            for known_at in (None, moments[len(moments) // 2]):
                assert_sums_agree(world, Scope(jurisdictions=roots, known_at=known_at))
    assert store.states.set_aside() == []
    assert seen >= set(STATES) - {"compliant"}  # a report without its parts never is
