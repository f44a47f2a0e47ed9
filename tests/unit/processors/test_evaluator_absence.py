"""What the evaluator makes of obligations, of reports that are not there, and of withdrawn ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duban.domain.event import (
    Body,
    Event,
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ObligationDue,
    ReportAssessed,
    ReportRead,
)
from duban.domain.finding import Context, Judgement
from duban.domain.report import Report
from duban.ports import StateRecord
from duban.processors.calendar import Calendar
from duban.processors.duty import Duty, duty_part
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain, State
from duban.rulebook.almanac import Almanac
from duban.testing.duties import Duties, duty
from duban.testing.events import due, read, registered, rejected, released, sha256, withdrawn
from duban.testing.judge import SpokenJudge
from duban.testing.memory import Memory, in_order

HERE, ELSEWHERE = "http://h/1", "http://h/2"


class Counting(SpokenJudge):
    """Counts what it is asked; with `curious`, it always asks for the report of the year before."""

    def __init__(self, *, curious: bool = True) -> None:
        self.asked: list[tuple[int | None, bool]] = []
        self._curious = curious

    def judge(
        self,
        report: Report | None,
        context: Context,
        before: Callable[[], Report] | None = None,
    ) -> Judgement:
        self.asked.append((context.year, report is not None))
        return super().judge(report, context, before if self._curious else None)


@pytest.fixture
def judge() -> Counting:
    return Counting()


@pytest.fixture
def memory(judge: Counting) -> Memory:
    library = {sha256("rulebook 1"): judge, sha256("rulebook 2"): judge}
    memory = Memory(Chain("agency", (Duties(), Evaluator(library.__getitem__))))
    memory.take(in_order(registered("a"), released()))
    return memory


def absent(year: int = 2024, gravity: str = "error", minute: int = 1) -> Event:
    return due("a", duty(year, {"stage": "absent", "gravity": gravity}), minute=minute)


def standing(year: int, stage: str = "present", minute: int = 1, **fields: Any) -> Event:
    return due("a", duty(year, {"stage": stage, **fields}), minute=minute)


def told(made: list[Event]) -> list[str]:
    short = []
    for event in made:
        match event.body:
            case FindingOpened() as body:
                name = "changed" if isinstance(body, FindingChanged) else "opened"
                short.append(f"{name} {body.year} {body.finding.rule}")
            case FindingResolved() as body:
                short.append(f"resolved {body.year} {body.because}")
            case ReportAssessed() as body:
                short.append(f"assessed {body.year} r{body.revision}")
    return short


def test_an_absent_report_is_told_without_bytes_and_without_an_assessment(memory: Memory) -> None:
    made = memory.take(in_order(absent(), after=2))

    assert told(made) == ["opened 2024 ABSENT"]
    assert isinstance(made[0].body, FindingOpened)
    assert made[0].body.sha256 == ""


def test_the_same_absence_is_told_once_and_a_graver_one_again(memory: Memory) -> None:
    made = memory.take(
        in_order(absent(gravity="warning"), absent(minute=2), absent(minute=3), after=2)
    )

    assert told(made) == ["opened 2024 ABSENT", "changed 2024 ABSENT"]


def test_a_report_that_comes_resolves_its_absence(memory: Memory) -> None:
    made = memory.take(in_order(absent(), read("a", 2024, "正常"), after=2))

    assert told(made) == ["opened 2024 ABSENT", "assessed 2024 r1", "resolved 2024 obligation"]


@pytest.mark.parametrize("stage", ["blocked", "waived", "ended", "present", "not_yet_due"])
def test_an_absence_that_is_no_longer_proved_is_resolved(memory: Memory, stage: str) -> None:
    made = memory.take(in_order(absent(), standing(2024, stage, minute=2), after=2))

    assert told(made) == ["opened 2024 ABSENT", "resolved 2024 obligation"]


def test_a_delay_that_shows_later_has_the_report_judged_again(memory: Memory) -> None:
    late = standing(2024, posted="2025-03-01", gravity="error", minute=2)

    made = memory.take(in_order(read("a", 2024, "正常"), standing(2024), late, after=2))

    assert told(made)[-2:] == ["assessed 2024 r2", "opened 2024 LATE"]


def test_a_withdrawn_report_takes_its_faults_with_it_and_is_absent(memory: Memory) -> None:
    made = memory.take(
        in_order(
            read("a", 2024, "错误SUM", url=HERE),
            withdrawn("a", "x", HERE),
            absent(),
            after=2,
        )
    )

    assert told(made)[1:] == ["opened 2024 SUM", "resolved 2024 withdrawn", "opened 2024 ABSENT"]


def test_what_came_again_before_its_withdrawal_was_heard_of_is_still_judged(
    judge: Counting,
) -> None:
    never: dict[str, Almanac] = {}
    processors = (Calendar(never.__getitem__), Evaluator({sha256("rulebook 1"): judge}.__getitem__))
    memory = Memory(Chain("agency", processors))
    memory.take(
        in_order(registered("a"), released(), read("a", 2024, "错误SUM", url=HERE, minute=5))
    )

    assert memory.take(in_order(withdrawn("a", "x", HERE, minute=3), after=4)) == []
    assert told(memory.take(in_order(withdrawn("a", "x", HERE, minute=7), after=5)))[:1] == [
        "resolved 2024 withdrawn"
    ]


def test_what_is_withdrawn_from_another_address_changes_nothing(memory: Memory) -> None:
    memory.take(in_order(read("a", 2024, "错误SUM", url=HERE), after=2))

    assert memory.take(in_order(withdrawn("a", "x", ELSEWHERE), after=3)) == []


def test_unreadable_bytes_in_its_place_can_be_withdrawn_too(memory: Memory) -> None:
    made = memory.take(
        in_order(
            read("a", 2024, "错误SUM", url=HERE),
            rejected("扫描件", agency_id="a", year=2024, url=HERE),
            absent(),
            withdrawn("a", "x", HERE),
            after=2,
        )
    )

    assert told(made)[2:] == ["resolved 2024 unreadable", "opened 2024 ABSENT"]


def test_a_report_that_returns_is_assessed_anew(memory: Memory) -> None:
    made = memory.take(
        in_order(
            read("a", 2024, "正常", url=HERE),
            withdrawn("a", "x", HERE),
            read("a", 2024, "正常", url=HERE, minute=5),
            after=2,
        )
    )

    assert told(made) == ["assessed 2024 r1", "assessed 2024 r2"]


@pytest.mark.parametrize(
    "gone",
    [
        withdrawn("a", "x", HERE),
        rejected("扫描件", agency_id="a", year=2023, url=HERE),
    ],
    ids=["withdrawn", "unreadable"],
)
def test_the_year_after_is_judged_without_a_report_that_is_gone(
    memory: Memory, gone: Event
) -> None:
    memory.take(in_order(read("a", 2023, "错误CARRY", url=HERE), read("a", 2024, "正常"), after=2))

    made = memory.take(in_order(gone, after=4))

    assert "resolved 2024 prior" in told(made)


def test_the_year_after_follows_even_where_only_the_first_record_was_stored(
    memory: Memory,
) -> None:
    memory.take(in_order(read("a", 2023, "错误CARRY", url=HERE), read("a", 2024, "正常"), after=2))
    gone = in_order(rejected("扫描件", agency_id="a", year=2023, url=HERE), after=4)
    before = memory.records["a", "evaluator/2024"]
    memory.take(gone)
    memory.records["a", "evaluator/2024"] = before

    assert "resolved 2024 prior" in told(memory.take(gone))


def test_a_new_rulebook_judges_absences_again(memory: Memory, judge: Counting) -> None:
    memory.take(in_order(absent(2023), absent(2024), after=2))
    judge.asked.clear()

    memory.take(in_order(released("2"), after=4))

    assert judge.asked == [(2023, False), (2024, False)]


def test_without_a_calendar_no_absence_is_judged(judge: Counting) -> None:
    memory = Memory(Evaluator({sha256("rulebook 1"): judge}.__getitem__))

    made = memory.take(in_order(released(), absent(), read("a", 2023, "错误SUM")))

    assert told(made) == ["assessed 2023 r1", "opened 2023 SUM"]


class Seeing:
    """A calendar that sees a report as it is read, and says so in the same step."""

    name = "seeing"
    takes: frozenset[type[Body]] = frozenset({ReportRead})

    def key(self, event: Event) -> str | None:
        return event.key

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        assert isinstance(event.body, ReportRead)
        now = Duty(obligation=duty(event.body.year, {"posted": "2025-03-01", "gravity": "error"}))
        state = state.put(duty_part(event.body.year), now)
        return state, (due("a", now.obligation, cause=event.id),)


def test_a_reading_and_the_obligation_it_changes_are_judged_once(judge: Counting) -> None:
    library = {sha256("rulebook 1"): judge}
    memory = Memory(Chain("agency", (Seeing(), Evaluator(library.__getitem__))))

    made = memory.take(in_order(released(), read("a", 2024, "正常")))

    assert judge.asked == [(2024, True)]
    assert told(made) == ["assessed 2024 r1", "opened 2024 LATE"]
    assert isinstance(made[0].body, ObligationDue)


def test_the_year_before_is_decoded_only_if_a_rule_asks() -> None:
    library = {sha256("rulebook 1"): Counting(curious=False)}
    memory = Memory(Evaluator(library.__getitem__))
    memory.take(in_order(released(), read("a", 2023, "正常")))
    kept = memory.records["a", "evaluator/2023/report"]
    memory.records["a", "evaluator/2023/report"] = StateRecord(kept.position, b'{"report":"?"}')

    assert told(memory.take(in_order(read("a", 2024, "正常"), after=2))) == ["assessed 2024 r1"]
