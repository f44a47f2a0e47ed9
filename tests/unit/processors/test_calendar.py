"""The calendar tells what is owed, proves what it can, and accuses nobody of the rest."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban import assets
from duban.adapters.holidays import days_off
from duban.domain.agency import Agency, Waiver
from duban.domain.day import SHANGHAI
from duban.domain.event import AgencyRegistered, AgencyRemoved, Event, derived_id, record
from duban.domain.obligation import Obligation, Posted
from duban.processors.calendar import Calendar
from duban.processors.duty import obligation_of
from duban.processors.processor import State
from duban.rulebook.deadlines import load
from duban.testing.events import (
    began,
    calendar_released,
    checked,
    read,
    rejected,
    released,
    sha256,
    withdrawn,
)
from duban.testing.memory import Memory, in_order

ALMANAC = load(assets.find("rules"), days_off)
LIBRARY = {sha256(f"calendar {version}"): ALMANAC for version in "12"}
LIST = "http://127.0.0.1/list"
OTHER = "http://127.0.0.1/other"
REPORT = "http://127.0.0.1/report"


class Story:
    """Events day by day, and how the agency `a` stands after them."""

    def __init__(self) -> None:
        self.memory = Memory(Calendar(LIBRARY.__getitem__))
        self.facts: list[Event] = []

    def on(self, day: str, *facts: Event) -> list[Event]:
        self.facts += [dated(day, fact) for fact in facts]
        new = in_order(*self.facts)[-len(facts) :]
        return self.memory.take(new)

    def begins(self, *days: str) -> list[Event]:
        self.facts += map(began, days)
        return self.memory.take(in_order(*self.facts)[-len(days) :])

    def stands(self, year: int, agency_id: str = "a") -> Obligation | None:
        records = self.memory.records
        state = State(agency_id, 10**9, lambda part: records.get((agency_id, part)))
        return obligation_of(state, year)

    def stage(self, year: int) -> str | None:
        found = self.stands(year)
        return found.stage if found else None


def dated(day: str, fact: Event) -> Event:
    at = datetime.combine(datetime.fromisoformat(day), time(10), SHANGHAI)
    return msgspec.structs.replace(fact, id=derived_id(fact.id, "on", day), at=at)


def registered(agency_id: str = "a", **fields: Any) -> Event:
    given = {"kind": "dept_county", "columns": (LIST,), **fields}
    agency = Agency(id=agency_id, name=f"{agency_id}县财政局", **given)
    fact_id = derived_id("roster", "test", f"{agency}")
    return record(AgencyRegistered(agency=agency), id=fact_id, at=datetime.now(SHANGHAI))


def removed(agency_id: str = "a") -> Event:
    body = AgencyRemoved(agency_id=agency_id, reason="名录中已不再列出")
    return record(body, id=f"removed {agency_id}", at=datetime.now(SHANGHAI))


def whole(*announced: int, url: str = LIST, unclear: int = 0, agency_id: str = "a") -> Event:
    return checked(agency_id, url, whole=True, announced=announced, unclear=unclear)


def found(year: int, printed: str | None = None, url: str | None = REPORT, text: str = "") -> Event:
    event = read("a", year, text, url=url)
    body = msgspec.structs.replace(event.body, published_on=printed)  # type: ignore[type-var]
    return msgspec.structs.replace(event, body=body, id=derived_id(event.id, "as", f"{printed}"))


@pytest.fixture
def story() -> Story:
    """An agency under watch since the middle of 2023: its first year owed is 2022."""
    story = Story()
    story.on("2023-06-01", calendar_released(), registered())
    return story


class TestWhatIsOwed:
    def test_a_year_is_owed_from_the_day_after_it_is_over(self, story: Story) -> None:
        story.begins("2023-12-31")
        assert story.stands(2023) is None

        story.begins("2024-01-01")
        assert story.stands(2023) == Obligation(
            year=2023,
            stage="not_yet_due",
            due_on="2024-01-31",
            opens_on="2024-01-01",
            basis="A49(1)",
            working_day_on="2024-01-31",
        )

    @pytest.mark.parametrize(
        ("kind", "due_on", "basis"),
        [("county_gov", "2024-03-31", "A49(2)"), ("town_gov", "2024-01-31", "A49")],
    )
    def test_the_term_follows_from_the_kind_of_agency(self, kind, due_on, basis) -> None:
        story = Story()
        story.on("2024-01-02", calendar_released(), registered(kind=kind))

        found = story.stands(2023)

        assert found is not None
        assert (found.due_on, found.basis) == (due_on, basis)

    def test_years_before_the_watch_are_not_held_against_anyone_unless_reports_are_there(
        self,
    ) -> None:
        story = Story()
        story.on("2026-11-21", calendar_released(), registered(), whole())
        assert [year for year in range(2019, 2027) if story.stands(year)] == [2025]

        story.on("2026-11-21", found(2021), whole(2021))
        assert [year for year in range(2019, 2027) if story.stands(year)] == [*range(2021, 2026)]
        gap = story.stands(2023)
        assert gap is not None
        assert (gap.stage, gap.watched, gap.gravity) == ("absent", False, None)

    def test_the_last_year_before_the_watch_counts_as_watched(self) -> None:
        story = Story()
        story.on("2026-11-21", calendar_released(), registered(), whole(2024))

        overdue = story.stands(2025)

        assert overdue is not None
        assert (overdue.stage, overdue.watched, overdue.gravity) == ("absent", True, "error")

    def test_an_agency_owes_nothing_for_years_before_it_began(self) -> None:
        story = Story()
        story.on("2024-05-01", calendar_released(), registered(valid_from="2023-07-01"))
        story.on("2024-05-01", found(2020))

        assert [year for year in range(2019, 2026) if story.stands(year)] == [2023]

    def test_an_agency_that_ended_before_the_last_day_owes_nothing(self, story: Story) -> None:
        story.begins("2024-01-01")
        story.on("2024-01-10", registered(valid_to="2024-01-09", merged_into="b"))

        ended = story.stands(2023)

        assert ended is not None
        assert ended.stage == "ended"
        assert "2024-01-09" in str(ended.reason)

    def test_an_agency_that_ended_on_the_last_day_still_owes_the_year(self) -> None:
        story = Story()
        story.on("2024-01-02", calendar_released(), registered(valid_to="2024-01-31"))

        assert story.stage(2023) == "not_yet_due"

    def test_nothing_more_is_told_of_years_after_an_agency_ended(self, story: Story) -> None:
        story.on("2023-07-01", registered(valid_to="2023-06-30"))

        story.begins("2024-01-01", "2025-01-01", "2026-01-01")

        assert [(year, story.stage(year)) for year in range(2022, 2026)] == [
            (2022, "blocked"),
            (2023, "ended"),
            (2024, None),
            (2025, None),
        ]

    def test_a_removed_agency_owes_nothing_until_it_returns(self, story: Story) -> None:
        story.begins("2024-01-01")
        story.on("2024-01-05", removed())
        assert (story.stage(2022), story.stage(2023)) == ("ended", "ended")
        assert "名录" in str(story.stands(2023).reason)

        story.on("2024-01-06", registered())
        assert story.stage(2023) == "not_yet_due"

    def test_a_waived_year_says_why_even_when_it_is_late(self, story: Story) -> None:
        story.begins("2024-01-01")
        story.on("2024-01-05", registered(waived=(Waiver(2023, "机构改革"),)))
        story.on("2024-02-05", whole())

        waived = story.stands(2023)

        assert waived is not None
        assert (waived.stage, waived.reason, waived.gravity) == ("waived", "机构改革", None)

    def test_without_a_calendar_nothing_is_said(self) -> None:
        story = Story()
        assert story.on("2024-02-05", registered(), whole()) == []

        made = story.on("2024-02-06", calendar_released())
        assert [event.body.obligation.year for event in made] == [2023]


class TestBeforeTheLastDay:
    def test_each_reminder_is_told_once_on_its_day(self, story: Story) -> None:
        days = [f"2024-01-{day:02}" for day in range(1, 32)]

        told = [
            (event.at.date().isoformat(), event.body.obligation.reminder)
            for event in story.begins(*days)
            if event.body.obligation.year == 2023
        ]

        assert told == [
            ("2024-01-01", None),
            ("2024-01-16", 15),
            ("2024-01-24", 7),
            ("2024-01-28", 3),
            ("2024-01-30", 1),
        ]

    def test_a_report_that_is_there_ends_the_reminders(self, story: Story) -> None:
        story.begins("2024-01-16")
        story.on("2024-01-20", found(2023))

        assert story.begins("2024-01-24", "2024-01-28") == []

    def test_a_report_not_there_on_the_last_day_is_not_yet_absent(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-01-31")
        story.on("2024-01-31", whole())

        assert story.stage(2023) == "not_yet_due"

    def test_only_days_that_matter_are_handled(self) -> None:
        calendar = Calendar(LIBRARY.__getitem__)
        year = [f"2024-{month:02}-{day:02}" for month in range(1, 13) for day in range(1, 29)]
        year += ["2024-01-30", "2024-01-31", "2024-03-30", "2024-03-31"]

        matter = {day for day in year if calendar.key(began(day)) == "*"}

        assert matter == {
            *("2024-01-01", "2024-01-16", "2024-01-24", "2024-01-28", "2024-01-30"),
            *("2024-02-01", "2024-03-16", "2024-03-24", "2024-03-28", "2024-03-30", "2024-04-01"),
        }


class TestAbsent:
    @pytest.fixture
    def story(self, story: Story) -> Story:
        story.begins("2024-01-01", "2024-02-01")
        return story

    def test_until_a_column_was_read_whole_after_the_last_day_nothing_is_proved(
        self, story: Story
    ) -> None:
        blocked = story.stands(2023)
        assert blocked is not None
        assert blocked.stage == "blocked"
        assert LIST in str(blocked.reason)

        story.on("2024-02-01", whole())
        absent = story.stands(2023)
        assert absent is not None
        assert (absent.stage, absent.absent_on, absent.gravity) == ("absent", "2024-02-01", "error")

    @pytest.mark.parametrize(
        "reading",
        [
            checked("a", LIST),
            checked("a", LIST, "failed", whole=True),
            checked("a", LIST, "blocked", whole=True),
            whole(2023),
            whole(unclear=1),
            whole(url=OTHER),
        ],
        ids=["in part", "failed", "refused", "listed", "unclear", "another page"],
    )
    def test_nothing_less_than_a_whole_and_clear_reading_proves_it(
        self, story: Story, reading: Event
    ) -> None:
        story.on("2024-02-02", reading)

        assert story.stage(2023) == "blocked"

    def test_an_unchanged_column_is_as_good_as_a_new_reading(self, story: Story) -> None:
        story.on("2024-02-02", checked("a", LIST, "unchanged", whole=True))

        assert story.stage(2023) == "absent"

    def test_every_column_has_to_be_read(self, story: Story) -> None:
        story.on("2024-02-01", registered(columns=(LIST, OTHER)))
        story.on("2024-02-02", whole(url=LIST))
        assert story.stage(2023) == "blocked"

        story.on("2024-02-04", whole(url=OTHER))
        assert story.stands(2023).absent_on == "2024-02-02"  # of the column read longest ago

    def test_an_agency_without_columns_is_never_absent(self) -> None:
        story = Story()
        story.on("2024-02-05", calendar_released(), registered(columns=()), whole())

        assert story.stage(2023) == "blocked"
        assert "栏目网址" in str(story.stands(2023).reason)

    @pytest.mark.parametrize(
        "file",
        [
            rejected("x", "unreadable", agency_id="a", url=REPORT),
            rejected("x", "unassigned", agency_id="a", url=REPORT),
            rejected("x", "unassigned", agency_id="a", year=2022, url=REPORT),
            rejected("x", "unassigned", agency_id="a"),
        ],
        ids=["unreadable", "unassigned", "of a doubtful year", "uploaded"],
    )
    def test_bytes_that_may_be_the_report_stand_in_the_way(self, story: Story, file: Event) -> None:
        story.on("2024-02-02", file, whole())

        assert story.stage(2023) == "blocked"
        assert "文件" in str(story.stands(2023).reason)

    def test_bytes_stand_in_the_way_no_longer_once_they_were_read_as_something_else(
        self, story: Story
    ) -> None:
        story.on("2024-02-02", rejected("x", agency_id="a", url=REPORT), whole())

        story.on("2024-02-03", rejected("y", "other_document", agency_id="a", url=REPORT))

        assert story.stage(2023) == "absent"

    def test_bytes_that_an_officer_assigned_stand_in_the_way_no_longer(self, story: Story) -> None:
        file = rejected("x", "unassigned", agency_id="a", url=REPORT)
        story.on("2024-02-02", file, whole())

        story.on("2024-02-03", read("a", 2021, bytes_="x"))

        assert story.stage(2023) == "absent"

    def test_another_document_is_no_report(self, story: Story) -> None:
        file = rejected("x", "other_document", agency_id="a", year=2023, url=REPORT)
        story.on("2024-02-02", file, whole())

        assert story.stage(2023) == "absent"

    def test_an_unreadable_report_is_there(self, story: Story) -> None:
        story.on("2024-02-02", rejected("x", agency_id="a", year=2023, url=REPORT), whole())

        assert story.stage(2023) == "present"

    def test_a_page_taken_for_an_unreadable_report_that_shows_to_be_none_is_taken_back(
        self, story: Story
    ) -> None:
        story.on("2024-02-02", rejected("x", agency_id="a", year=2023, url=REPORT), whole())

        page = rejected("y", "other_document", agency_id="a", year=2023, url=REPORT)
        story.on("2024-02-03", page)

        assert story.stage(2023) == "absent"

    def test_the_same_absence_is_told_again_only_when_it_grows_graver(self) -> None:
        """31 January 2025 lies in the Spring Festival; 5 February is the first working day."""
        story = Story()
        story.on("2025-01-02", calendar_released(), registered())
        days = [f"2025-02-{day:02}" for day in range(1, 13)]

        told = []
        for day in days:
            for event in [*story.begins(day), *story.on(day, whole())]:
                obligation = event.body.obligation
                if obligation.year == 2024:
                    told.append((day, obligation.stage, obligation.gravity, obligation.absent_on))

        assert told == [
            ("2025-02-01", "blocked", None, None),
            ("2025-02-01", "absent", "info", "2025-02-01"),
            ("2025-02-06", "absent", "warning", "2025-02-06"),
            ("2025-02-08", "absent", "error", "2025-02-08"),
        ]

    def test_a_column_that_cannot_be_read_later_leaves_the_proof_standing(
        self, story: Story
    ) -> None:
        story.on("2024-02-02", whole())

        assert story.on("2024-02-09", checked("a", LIST, "failed")) == []
        assert story.stage(2023) == "absent"

    def test_a_report_listed_since_takes_the_accusation_back_at_once(self, story: Story) -> None:
        story.on("2024-02-02", whole())
        story.on("2024-02-03", checked("a", LIST, announced=(2023,)))

        assert story.stage(2023) == "blocked"

    def test_a_new_column_takes_the_accusation_back_until_it_was_read(self, story: Story) -> None:
        story.on("2024-02-02", whole())
        story.on("2024-02-03", registered(columns=(LIST, OTHER)))

        assert story.stage(2023) == "blocked"


class TestWhenPosted:
    @pytest.fixture
    def story(self, story: Story) -> Story:
        story.begins("2024-01-01", "2024-02-01")
        return story

    @pytest.mark.parametrize(
        ("printed", "gravity"),
        [("2024-01-31", None), ("2024-02-01", "error"), ("2023-12-20", None)],
    )
    def test_a_printed_date_tells(self, story: Story, printed: str, gravity: str | None) -> None:
        story.on("2024-02-10", found(2023, printed))

        posted = story.stands(2023)

        assert posted is not None
        assert posted.posted == Posted(earliest=printed, latest=printed, by="printed")
        assert posted.gravity == gravity

    @pytest.mark.parametrize(
        ("missed", "seen", "posted", "gravity"),
        [
            ("2024-01-30", "2024-01-31", ("2024-01-30", "2024-01-31"), None),
            ("2024-01-31", "2024-02-01", ("2024-01-31", "2024-02-01"), None),
            ("2024-02-01", "2024-02-02", ("2024-02-01", "2024-02-02"), "error"),
            (None, "2024-02-20", (None, "2024-02-20"), None),
        ],
        ids=["in time", "not proved", "late", "never read before"],
    )
    def test_without_one_two_readings_enclose_the_day(
        self, story: Story, missed, seen, posted, gravity
    ) -> None:
        if missed:
            story.on(missed, whole())
        story.on(seen, whole(2023), found(2023))

        stands = story.stands(2023)

        assert stands is not None
        assert stands.posted == Posted(earliest=posted[0], latest=posted[1], by="bracket")
        assert stands.gravity == gravity

    def test_of_several_columns_the_one_read_longest_ago_begins_the_bracket(
        self, story: Story
    ) -> None:
        story.on("2024-01-31", registered(columns=(LIST, OTHER)), whole(), whole(url=OTHER))
        story.on("2024-02-05", whole())
        story.on("2024-02-06", whole(2023, url=OTHER), found(2023))

        assert story.stands(2023).posted == Posted(
            earliest="2024-01-31", latest="2024-02-06", by="bracket"
        )
        assert story.stands(2023).gravity is None

    def test_a_reading_that_was_not_clear_does_not_begin_a_bracket(self, story: Story) -> None:
        story.on("2024-01-20", whole())
        story.on("2024-02-05", whole(unclear=1))
        story.on("2024-02-06", whole(2023), found(2023))

        assert story.stands(2023).posted.earliest == "2024-01-20"

    def test_a_report_found_in_a_column_nobody_looked_at_before_is_not_late(
        self, story: Story
    ) -> None:
        story.on("2024-02-05", whole())
        story.on("2024-02-06", registered(columns=(LIST, OTHER)))
        story.on("2024-02-07", whole(), whole(2023, url=OTHER), found(2023))

        assert story.stands(2023).posted == Posted(earliest=None, latest="2024-02-07", by="bracket")
        assert story.stands(2023).gravity is None

    def test_a_revision_of_a_report_that_was_in_time_is_never_late(self, story: Story) -> None:
        story.on("2024-01-20", found(2023, "2024-01-19"))

        made = story.on("2024-03-02", found(2023, "2024-03-01", text="更正"))

        assert made == []
        assert story.stands(2023).posted.latest == "2024-01-19"

    def test_a_date_printed_on_a_revision_says_nothing_of_a_report_seen_before(
        self, story: Story
    ) -> None:
        story.on("2024-01-20", found(2023))

        assert story.on("2024-03-02", found(2023, "2024-03-01", text="更正")) == []

    def test_a_printed_date_in_the_future_is_a_slip(self, story: Story) -> None:
        story.on("2024-01-20", found(2023, "2024-12-20"))

        assert story.stands(2023).posted.by == "bracket"

    def test_an_upload_proves_nothing_of_when_it_was_published(self, story: Story) -> None:
        story.on("2024-02-20", found(2023, "2024-02-19", url=None))

        uploaded = story.stands(2023)

        assert uploaded is not None
        assert (uploaded.stage, uploaded.posted, uploaded.gravity) == ("present", None, None)

    def test_a_report_of_a_year_never_watched_is_late_only_by_its_own_date(self) -> None:
        story = Story()
        story.on("2026-11-21", calendar_released(), registered(), whole())
        story.on("2026-11-22", found(2022), found(2023, "2024-05-06", url=OTHER))

        assert story.stands(2022).gravity is None
        assert story.stands(2022).posted.earliest is None
        assert story.stands(2023).gravity == "error"

    @pytest.mark.parametrize(
        ("kind", "year", "printed", "gravity"),
        [
            ("dept_county", 2024, "2025-02-05", "info"),
            ("dept_county", 2024, "2025-02-07", "warning"),
            ("dept_county", 2024, "2025-02-08", "error"),
            ("county_gov", 2023, "2024-04-01", "info"),
            ("county_gov", 2023, "2024-04-07", "warning"),
            ("county_gov", 2023, "2024-04-08", "error"),
            ("county_gov", 2024, "2025-04-01", "error"),
            ("town_gov", 2022, "2023-02-01", "warning"),
            ("town_gov", 2022, "2023-03-31", "warning"),
            ("town_gov", 2022, "2023-04-01", "error"),
            ("town_gov", 2024, "2025-02-05", "info"),
            ("town_gov", 2024, "2025-02-08", "warning"),
        ],
    )
    def test_how_grave_a_delay_is_follows_from_the_deadlines(
        self, kind, year, printed, gravity
    ) -> None:
        story = Story()
        story.on("2023-01-02", calendar_released(), registered(kind=kind))
        story.on("2025-06-01", found(year, printed))

        assert story.stands(year).gravity == gravity


class TestWithdrawn:
    GONE = withdrawn("a", "x", REPORT)

    def test_before_the_last_day_it_is_not_yet_due_again(self, story: Story) -> None:
        story.begins("2024-01-01")
        story.on("2024-01-10", whole(2023), found(2023))

        story.on("2024-01-20", whole(), self.GONE)

        assert (story.stage(2023), story.stands(2023).reminder) == ("not_yet_due", 15)

    def test_after_it_the_report_is_absent_and_the_reason_told(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-01-10", whole(2023), found(2023))

        story.on("2024-02-20", whole(), self.GONE)

        absent = story.stands(2023)
        assert absent is not None
        assert (absent.stage, absent.gravity) == ("absent", "error")
        assert absent.reason == "2024-01-10 曾见公布，2024-02-20 发现已撤下。"

    def test_while_a_column_still_lists_it_nothing_is_proved(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-02-10", whole(2023), found(2023))

        story.on("2024-02-20", self.GONE)

        assert story.stage(2023) == "blocked"

    def test_another_address_that_is_gone_changes_nothing(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-01-10", found(2023))

        assert story.on("2024-02-20", withdrawn("a", "x", OTHER)) == []

    def test_a_report_that_stands_in_two_places_is_there_until_both_are_gone(
        self, story: Story
    ) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-01-10", found(2023), found(2023, url=OTHER))

        story.on("2024-02-20", self.GONE, whole())

        assert story.stage(2023) == "present"

    def test_what_is_posted_again_keeps_the_day_it_was_first_posted(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-01-10", whole(2023), found(2023))
        story.on("2024-02-20", whole(), self.GONE)

        story.on("2024-02-25", whole(2023), found(2023))

        assert story.stage(2023) == "present"
        assert story.stands(2023).gravity is None

    def test_what_came_again_before_its_withdrawal_was_heard_of_stands(self, story: Story) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-01-10", whole(2023), found(2023))
        story.on("2024-02-25", whole(2023), found(2023))
        late = dated("2024-02-20", self.GONE)

        assert story.memory.take(in_order(late, after=len(story.facts) + 1)) == []
        assert story.stage(2023) == "present"

    def test_unreadable_bytes_that_came_again_stand_too(self, story: Story) -> None:
        scan = rejected("scan", agency_id="a", year=2023, url=REPORT)
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-02-25", whole(2023), scan)
        before = story.stands(2023)
        late = dated("2024-02-20", self.GONE)

        story.memory.take(in_order(late, after=len(story.facts) + 1))

        assert story.stands(2023) == before

    def test_a_reading_from_before_a_withdrawal_leaves_what_came_after_it(
        self, story: Story
    ) -> None:
        story.begins("2024-01-01", "2024-02-01")
        story.on("2024-02-20", self.GONE)
        story.on("2024-02-25", whole(2023), found(2023))
        early = dated("2024-01-10", found(2022, text="早"))

        story.memory.take(in_order(early, after=len(story.facts) + 1))

        assert story.stage(2023) == "present"
        assert story.stage(2022) != "present"


AGENCIES = st.sampled_from("ab")
DAYS = st.sampled_from(
    ["2023-12-30", "2024-01-01", "2024-01-20", "2024-01-31", "2024-02-01", "2024-02-05",
     "2024-04-01", "2025-01-01", "2025-02-01", "2025-02-09"]
)  # fmt: skip
URLS = st.sampled_from([LIST, OTHER])
YEARS = st.sampled_from([2021, 2022, 2023, 2024])
ANNOUNCED = st.lists(YEARS, max_size=2, unique=True).map(tuple)


@st.composite
def facts(draw: st.DrawFn) -> list[Event]:
    """What happens to two agencies, day after day."""
    one = st.one_of(
        st.builds(
            registered,
            AGENCIES,
            kind=st.sampled_from(["dept_county", "town_gov"]),
            columns=st.sampled_from([(), (LIST,), (LIST, OTHER)]),
            valid_to=st.sampled_from([None, "2024-01-15"]),
            waived=st.sampled_from([(), (Waiver(2023, "试点"),)]),
        ),
        st.builds(removed, AGENCIES),
        st.builds(calendar_released, st.sampled_from("12")),
        st.builds(
            checked,
            AGENCIES,
            URLS,
            st.sampled_from(["read", "unchanged", "failed"]),
            whole=st.booleans(),
            announced=ANNOUNCED,
            unclear=st.integers(0, 1),
        ),
        st.builds(read, AGENCIES, YEARS, url=st.sampled_from([None, REPORT, OTHER])),
        st.builds(
            rejected,
            st.sampled_from("xy"),
            st.sampled_from(["other_document", "unreadable", "unassigned"]),
            agency_id=st.sampled_from([None, "a", "b"]),
            year=st.none() | YEARS,
            url=st.sampled_from([None, REPORT]),
        ),
        st.builds(withdrawn, AGENCIES, st.just("x"), st.sampled_from([REPORT, OTHER])),
        st.just(released()),
    )
    made = []
    for day in sorted(draw(st.lists(DAYS, max_size=14))):
        made.append(began(day) if draw(st.integers(0, 3)) == 0 else dated(day, draw(one)))
    return list({fact.id: fact for fact in made}.values())  # as in a log: an id comes once


def taken(*given: Event) -> Memory:
    memory = Memory(Calendar(LIBRARY.__getitem__))
    memory.take(in_order(*given))
    return memory


@settings(max_examples=300, deadline=None)
@given(facts=facts(), data=st.data())
def test_replaying_any_stretch_over_any_later_state_changes_nothing(facts, data) -> None:
    memory = taken(*facts)
    records, recorded = dict(memory.records), in_order(*facts)

    end = data.draw(st.integers(0, len(recorded)))
    again = memory.take(recorded[data.draw(st.integers(0, end)) : end])

    assert again == []
    assert memory.records == records


@settings(max_examples=200, deadline=None)
@given(facts=facts(), data=st.data())
def test_a_crash_between_two_records_leaves_a_state_from_which_the_rest_follows(
    facts, data
) -> None:
    """Where records are stored one by one: outputs first, then some of the records, then again."""
    whole_, torn = taken(), taken()
    for at, one in enumerate(in_order(*facts)):
        whole_.take([one])
        before, keys = dict(torn.records), set(torn.keys)
        torn.take([one])
        changed = [part for part in torn.records if torn.records[part] != before.get(part)]
        lost = data.draw(st.sets(st.sampled_from(changed))) if changed else ()
        for part in lost:
            torn.records.pop(part)
            if part in before:
                torn.records[part] = before[part]
        if torn.keys != keys:
            torn.records, torn.keys = before, keys  # a key is introduced whole, or not at all
        begin = data.draw(st.integers(0, at))
        torn.take(in_order(*facts)[begin : at + 1])

    assert {event.id: event for event in torn.made} == {event.id: event for event in whole_.made}
    assert torn.records == whole_.records


@settings(max_examples=100, deadline=None)
@given(facts=facts())
def test_agencies_do_not_touch_one_another(facts) -> None:
    both = taken(*facts)
    for agency in "ab":
        other = "b" if agency == "a" else "a"
        alone = Memory(Calendar(LIBRARY.__getitem__))
        alone.take([one for one in in_order(*facts) if one.event.key != other])

        assert [e for e in both.made if e.key == agency] == alone.made


@settings(max_examples=200, deadline=None)
@given(facts=facts())
def test_every_obligation_told_is_news_and_its_revisions_count_up(facts) -> None:
    last: dict[tuple[str, int], Obligation] = {}
    revisions: dict[tuple[str, int], int] = {}
    for event in taken(*facts).made:
        body = event.body
        at = (body.agency_id, body.obligation.year)
        assert body.revision == revisions.get(at, 0) + 1
        assert body.obligation != last.get(at)
        revisions[at], last[at] = body.revision, body.obligation


@settings(max_examples=200, deadline=None)
@given(facts=facts())
def test_absence_is_never_told_without_a_whole_reading_after_the_last_day(facts) -> None:
    by_id = {fact.id: fact for fact in facts}
    for event in taken(*facts).made:
        obligation = event.body.obligation
        if obligation.stage != "absent":
            continue
        cause = by_id[event.cause or ""]
        readings = [
            fact
            for fact in facts[: facts.index(cause) + 1]
            if fact.name == "page.checked" and fact.key == event.key and fact.body.whole
        ]
        days = {fact.at.date().isoformat() for fact in readings}
        assert obligation.absent_on in days
        assert obligation.absent_on > obligation.due_on
