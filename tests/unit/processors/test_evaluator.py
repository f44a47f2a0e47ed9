"""The evaluator judges what is known of a report, and says what changed since the last time."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.event import (
    Event,
    FindingOpened,
    FindingResolved,
    ReportAssessed,
)
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.duties import Duties, duty
from duban.testing.events import due, read, registered, rejected, released, sha256, withdrawn
from duban.testing.judge import SpokenJudge
from duban.testing.memory import Memory, in_order

LIBRARY = {sha256(f"rulebook {n}"): SpokenJudge() for n in (1, 2, 3)}


def remembering() -> Memory:
    """The evaluator behind a calendar that only repeats what it is told."""
    return Memory(Chain("agency", (Duties(), Evaluator(LIBRARY.__getitem__))))


@pytest.fixture
def memory() -> Memory:
    return remembering()


def told(made: list[Event]) -> list[str]:
    """What was said, in short."""
    short = []
    for event in made:
        match event.body:
            case FindingOpened() as body:
                short.append(f"{event.name} {body.year} {body.finding.rule} r{body.revision}")
            case FindingResolved() as body:
                short.append(f"{event.name} {body.year} {body.because} r{body.revision}")
            case ReportAssessed() as body:
                short.append(f"{event.name} {body.year} {body.errors} r{body.revision}")
    return short


def test_a_fault_is_opened_once_and_told_again_only_when_its_grounds_change(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "错误SUM=1"),
            read("a", 2024, "错误SUM=1", "另有一段"),
            read("a", 2024, "错误SUM=2"),
        )
    )

    assert [line for line in told(made) if line.startswith("finding")] == [
        "finding.opened 2024 SUM r1",
        "finding.changed 2024 SUM r2",
    ]


@pytest.mark.parametrize(
    ("second", "because"),
    [
        (read("a", 2024, "改正了", minute=2), "revised"),
        (read("a", 2024, "读对了", bytes_="a\n2024\n错误SUM=1", reader="2"), "reread"),
        (rejected("扫描件", agency_id="a", year=2024, url="http://h/1"), "unreadable"),
    ],
)
def test_a_fault_that_is_no_longer_shown_is_resolved_with_the_cause(
    memory: Memory, second: Event, because: str
) -> None:
    first = read("a", 2024, "错误SUM=1", url="http://h/1")

    made = memory.take(in_order(registered("a"), released(), first, second))

    assert f"finding.resolved 2024 {because} r2" in told(made)


def test_unreadable_bytes_at_another_address_change_nothing(memory: Memory) -> None:
    memory.take(in_order(registered("a"), released(), read("a", 2024, "错误SUM", url="http://h/1")))

    copy = rejected("扫描件", agency_id="a", year=2024, url="http://h/copy.pdf")

    assert memory.take(in_order(copy, after=3)) == []


def test_a_resolved_fault_that_returns_is_opened_with_the_next_revision(memory: Memory) -> None:
    made = memory.take(
        in_order(
            registered("a"),
            released(),
            read("a", 2024, "错误SUM"),
            read("a", 2024, "改正了"),
            read("a", 2024, "错误SUM", minute=9),
        )
    )

    assert told(made)[-1] == "finding.opened 2024 SUM r3"


def test_a_late_report_has_the_year_after_judged_again(memory: Memory) -> None:
    memory.take(in_order(registered("a"), released(), read("a", 2024, "正常")))

    made = memory.take(in_order(read("a", 2023, "错误CARRY"), after=3))

    assert "finding.opened 2024 CARRY r1" in told(made)
    assert all(event.cause == made[0].cause for event in made)


def test_a_report_two_years_later_is_left_alone(memory: Memory) -> None:
    memory.take(in_order(registered("a"), released(), read("a", 2024, "正常")))

    made = memory.take(in_order(read("a", 2022, "错误CARRY"), after=3))

    assert {event.body.year for event in made} == {2022}


def test_a_new_rulebook_judges_every_year_of_every_agency_again(memory: Memory) -> None:
    facts = [registered("a"), registered("b"), read("a", 2023), read("a", 2024), read("b", 2024)]
    memory.take(in_order(*facts))

    made = memory.take(in_order(released("2"), after=5))

    judged = [(event.key, event.body.year) for event in made]
    assert judged == [("a", 2023), ("a", 2024), ("b", 2024)]
    assert len({event.id for event in made}) == 3


def test_an_agency_that_appears_later_is_judged_with_the_rulebook_in_force(memory: Memory) -> None:
    made = memory.take(in_order(released("2"), registered("a"), read("a", 2024, "错误SUM")))

    assert [body.rulebook for body in (event.body for event in made)] == ["2", "2"]


def test_nothing_is_said_before_a_rulebook_is_in_force(memory: Memory) -> None:
    assert memory.take(in_order(registered("a"), read("a", 2024, "错误SUM"))) == []


def test_a_judging_that_comes_to_the_same_is_not_told_again(memory: Memory) -> None:
    memory.take(in_order(registered("a"), released(), read("a", 2024, "错误SUM")))

    assert memory.take(in_order(registered("a", minute=5), after=3)) == []


def test_a_changed_name_has_the_reports_judged_again(memory: Memory) -> None:
    memory.take(in_order(registered("a", "旧名"), released(), read("a", 2024, "错误SUM")))

    made = memory.take(in_order(registered("a", "新名"), after=3))

    assert "finding.resolved 2024 roster r2" in told(made)  # its fingerprint holds the name here


def test_a_report_of_an_agency_not_yet_in_the_roster_is_judged_under_its_own_key(
    memory: Memory,
) -> None:
    made = memory.take(in_order(read("a", 2024, "错误SUM"), read("b", 2024, "正常"), released()))

    assert {(event.key, event.body.agency_id) for event in made} == {("a", "a"), ("b", "b")}


def test_a_conclusion_bears_the_time_of_its_cause(memory: Memory) -> None:
    fact = read("a", 2024, "错误SUM", minute=7)

    made = memory.take(in_order(released(), fact))

    assert {event.at for event in made} == {fact.at}


_PROSE = st.sampled_from(["正常", "错误SUM=1", "错误SUM=2", "警告TXT", "错误SUM=1 错误CARRY"])
_DUTIES = st.sampled_from(
    [
        {"stage": "not_yet_due"},
        {"stage": "blocked"},
        {"stage": "absent", "gravity": "warning"},
        {"stage": "absent", "gravity": "error"},
        {"stage": "present", "posted": "2024-01-01"},
        {"stage": "present", "posted": "2025-06-01", "gravity": "error"},
    ]
)
_URLS = st.sampled_from(["http://h/1", "http://h/2"])
_FACTS = st.lists(
    st.one_of(
        st.builds(
            read,
            st.sampled_from("ab"),
            st.sampled_from([2022, 2023, 2024]),
            _PROSE,
            reader=st.sampled_from("12"),
            url=_URLS,
            minute=st.integers(1, 50),
        ),
        st.builds(
            rejected,
            st.sampled_from(["x", "y"]),
            agency_id=st.sampled_from("ab"),
            year=st.sampled_from([2023, 2024]),
            url=_URLS,
        ),
        st.builds(
            due,
            st.sampled_from("ab"),
            st.builds(duty, st.sampled_from([2022, 2023, 2024]), _DUTIES),
            minute=st.integers(1, 50),
        ),
        st.builds(withdrawn, st.sampled_from("ab"), st.just("x"), _URLS, minute=st.integers(1, 50)),
        st.builds(registered, st.sampled_from("ab"), st.sampled_from(["甲局", "乙局"])),
        st.builds(released, st.sampled_from("123")),
    ),
    max_size=14,
)


@settings(max_examples=200, deadline=None)
@given(facts=_FACTS, data=st.data())
def test_replaying_any_stretch_over_any_later_state_changes_nothing(
    facts: list[Event], data: st.DataObject
) -> None:
    memory = remembering()
    recorded = in_order(*facts)
    memory.take(recorded)
    records = dict(memory.records)

    end = data.draw(st.integers(0, len(recorded)))
    again = memory.take(recorded[data.draw(st.integers(0, end)) : end])

    assert again == []
    assert memory.records == records


@settings(max_examples=100, deadline=None)
@given(facts=_FACTS, data=st.data())
def test_a_crash_between_two_records_leaves_a_state_from_which_the_rest_follows(
    facts: list[Event], data: st.DataObject
) -> None:
    """Where records are stored one by one: outputs first, then some of the records, then again."""
    whole = remembering()
    torn = remembering()
    for one in in_order(*facts):
        whole.take([one])
        before, keys = dict(torn.records), set(torn.keys)
        torn.take([one])
        changed = [part for part in torn.records if torn.records[part] != before.get(part)]
        kept = data.draw(st.integers(0, len(changed)))
        for part in changed[kept:]:
            if part in before:
                torn.records[part] = before[part]
            else:
                del torn.records[part]
        if torn.keys != keys:
            torn.records, torn.keys = before, keys  # a key is introduced whole, or not at all
        torn.take([one])

    assert {event.id: event for event in torn.made} == {event.id: event for event in whole.made}
    assert torn.records == whole.records


@settings(max_examples=100, deadline=None)
@given(facts=_FACTS, seed=st.integers(0, 2**16))
def test_two_agencies_commute(facts: list[Event], seed: int) -> None:
    facts = [fact for fact in facts if fact.key != "*"]
    mine = {key: [fact for fact in facts if fact.key == key] for key in "ab"}
    order = [fact.key for fact in facts]
    random.Random(seed).shuffle(order)
    shuffled = [mine[key].pop(0) for key in order]

    outcomes = []
    for one in (facts, shuffled):
        memory = remembering()
        made = memory.take(in_order(released(), *one))
        outcomes.append({key: [e for e in made if e.key == key] for key in "ab"})

    assert outcomes[0] == outcomes[1]


@settings(max_examples=100, deadline=None)
@given(facts=_FACTS)
def test_no_id_has_two_contents(facts: list[Event]) -> None:
    distinct = list({fact.id: fact for fact in facts}.values())
    memory = remembering()

    memory.take(in_order(*distinct))

    assert max(Counter(event.id for event in memory.made).values(), default=1) == 1
