"""The alerter sums up each step: one alert of each agency, year and kind, and no noise of ours."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.domain.event import AlertOpened, AlertResolved, Event
from duban.ports import Recorded
from duban.processors.alerter import Alerter
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.duties import Duties, duty
from duban.testing.events import due, read, registered, rejected, released, sha256, withdrawn
from duban.testing.judge import SpokenJudge
from duban.testing.memory import Memory, in_order
from duban.testing.runner import FACTS

LIBRARY = {
    sha256(f"rulebook {version}"): SpokenJudge(is_mended=version == "9") for version in "12379"
}
URL = "http://h/1"


def remembering() -> Memory:
    return Memory(Chain("agency", (Duties(), Evaluator(LIBRARY.__getitem__)), Alerter()))


@pytest.fixture
def memory() -> Memory:
    return remembering()


def alerts(made: list[Event]) -> list[AlertOpened]:
    return [event.body for event in made if isinstance(event.body, AlertOpened)]


def told(made: list[Event]) -> list[str]:
    """What was said, in short."""
    return [
        f"{event.name[6:]} {body.kind} r{body.revision} {body.because}"
        f"{' quietly' if body.quiet else ''} {'+'.join(one.rule for one in body.lines)}"
        for event in made
        if isinstance(body := event.body, AlertOpened)
    ]


def test_a_bad_report_is_one_alert_with_all_its_faults(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a", "甲县财政局", parent="county"),
            released(),
            read("a", 2024, "错误SUM=1 警告TXT 提示NOTE", url=URL),
        )
    )

    (alert,) = alerts(made)
    assert told(made) == ["opened report r1 revised SUM+TXT"]
    assert (alert.agency, alert.parent, alert.severity) == ("甲县财政局", "county", "error")
    assert (alert.url, alert.lines[0].message) == (URL, "SUM不符")


def test_a_report_without_fault_alerts_nobody(memory: Memory) -> None:
    assert told(memory.take(in_order(registered("a"), released(), read("a", 2024, "提示X")))) == []


def test_new_bytes_change_and_resolve_an_alert(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "错误SUM=1 警告TXT"),
            read("a", 2024, "错误SUM=1 警告TXT", "另有一段"),
            read("a", 2024, "错误SUM=2"),
            read("a", 2024, "正常"),
            read("a", 2024, "错误SUM=2"),
        )
    )

    assert told(made) == [
        "opened report r1 revised SUM+TXT",
        "changed report r2 revised SUM+TXT",
        "changed report r3 revised SUM",
        "resolved report r4 revised SUM",
        "opened report r5 revised SUM",
    ]


def test_a_re_reading_of_the_same_bytes_alerts_nobody(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "正常", bytes_="x"),
            read("a", 2024, "错误SUM=1", bytes_="x", reader="2"),
            read("a", 2024, "正常", bytes_="x", reader="3"),
        )
    )

    assert told(made) == [
        "opened report r1 reread quietly SUM",
        "resolved report r2 reread quietly SUM",
    ]


def test_a_rulebook_changes_alerts_as_changes_do(memory: Memory) -> None:
    library = {sha256("rulebook 1"): SpokenJudge(), sha256("rulebook 2"): Silent()}
    memory = Memory(Chain("agency", (Evaluator(library.__getitem__),), Alerter()))

    made = memory.take(
        in_order(registered("a"), released("1"), read("a", 2024, "错误SUM"), released("2"))
    )

    assert told(made) == ["opened report r1 revised SUM", "resolved report r2 rulebook SUM"]


class Silent(SpokenJudge):
    """Finds nothing."""

    def judge(self, report, context, before=None):  # type: ignore[no-untyped-def]
        return super().judge(None, context)


def test_absence_is_an_alert_of_its_own_and_ends_when_the_report_comes(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            due("a", duty(2024, {"stage": "absent", "gravity": "error"})),
            read("a", 2024, "错误SUM", minute=9),
        )
    )

    assert told(made) == [
        "opened absent r1 obligation ABSENT",
        "opened report r1 revised SUM",
        "resolved absent r2 revised ABSENT",
    ]


def test_bytes_that_cannot_be_read_ask_for_a_person_and_blame_nobody(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "错误SUM", url=URL),
            rejected("扫描件", agency_id="a", year=2024, url=URL, minute=5),
            read("a", 2024, "正常", url=URL, minute=9),
        )
    )

    assert told(made) == [
        "opened report r1 revised SUM",
        "resolved report r2 unreadable SUM",
        "opened unreadable r1 unreadable ",
        "resolved unreadable r2 revised ",
    ]
    assert alerts(made)[2].severity == "warning"
    assert alerts(made)[2].lines[0].message == "扫描件，没有文字层。"


def test_a_withdrawn_report_takes_its_alert_with_it(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "错误SUM", url=URL),
            withdrawn("a", "错误SUM", URL, minute=9),
        )
    )

    assert told(made)[1:] == ["resolved report r2 withdrawn SUM"]


def test_a_report_of_the_year_after_is_judged_again_and_alerted_as_such(memory: Memory) -> None:
    made = memory.take(
        in_order(registered("a"), released(), read("a", 2024, "正常"), read("a", 2023, "错误CARRY"))
    )

    assert told(made) == ["opened report r1 revised CARRY", "opened report r1 prior CARRY"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(FACTS, st.data())
def test_any_stretch_of_the_history_taken_again_changes_nothing(
    facts: list[Event], data: st.DataObject
) -> None:
    memory = remembering()
    facts = [one for one in facts if "崩溃" not in str(one.body)]
    history: list[Recorded] = in_order(registered("a"), released(), *facts)
    memory.take(history)
    before = dict(memory.records)
    first = data.draw(st.integers(0, len(history) - 1))
    last = data.draw(st.integers(first + 1, len(history)))

    for key in sorted(memory.keys):
        mine = [one for one in history[first:last] if one.event.key in (key, "*")]
        for one in mine:
            memory._handle(key, one)

    assert memory.records == before


def test_what_follows_from_the_same_history_has_the_same_ids_and_content() -> None:
    history = in_order(registered("a"), released(), read("a", 2024, "错误SUM"), released("2"))

    assert remembering().take(history) == remembering().take(history)


def test_an_alert_is_open_as_long_as_its_last_event_says(memory: Memory) -> None:
    made = memory.take(in_order(registered("a"), released(), read("a", 2024, "错误SUM")))
    made += memory.take(in_order(read("a", 2024, "正常", minute=4), after=3))

    assert [isinstance(body, AlertResolved) for body in alerts(made)] == [False, True]
