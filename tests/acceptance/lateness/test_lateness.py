"""Nobody is called late or missing, and no break between years is told, without proof.

The stories follow the law and the field reference alone; each says what must be shown when.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lateness_office import Answer, Office, almanac, live, timeline
from lateness_story import Shown, Story, stories

STORIES = {story.id: story for story in stories()}
ASKED = [shown for story in STORIES.values() for shown in story.shown]
Moment = tuple[str, datetime]
_SOME = 40  # facts at once
#: Words without which a finding that is not proved would pass for a fact.
CAREFUL = re.compile("请核|核实|核对|疑似|未检索到")
PROVED_BY_CALENDAR = re.compile("^DL-(DEPT|GOV|TOWN|MISSING)$")


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[Moment, tuple[Answer, Answer]]:
    """What was shown at each moment, and what is said later of that moment."""
    told = list(STORIES.values())
    facts = timeline(told)
    office = Office(tmp_path_factory.mktemp("stories"), facts[0].at - timedelta(1), almanac())
    shown: dict[Moment, Answer] = {}

    def ask(one: Shown) -> None:
        shown[one.story, one.at] = office.answer(one.story)

    with office.store:
        live(office, facts, ASKED, ask=ask)
        assert office.store.states.set_aside() == []
        return {one: (then, office.answer(*one)) for one, then in shown.items()}


@pytest.mark.parametrize("story", STORIES.values(), ids=lambda one: f"{one.id}: {one.title}")
def test_the_story_is_told_rightly(
    story: Story, answers: dict[Moment, tuple[Answer, Answer]]
) -> None:
    assert story.shown
    for expected in story.shown:
        answer, _ = answers[story.id, expected.at]
        day = expected.at.date().isoformat()
        assert (day, answer.states, answer.open) == (day, expected.states, expected.open), (
            "\n".join([*answer.messages, *(str(row.obligation) for row in answer.rows)])
        )
        text = "\n".join(answer.messages)
        for pattern in expected.says:
            assert re.search(pattern, text), (day, pattern, text)
        for pattern in expected.never_says:
            assert not re.search(pattern, text), (day, pattern, text)


def test_what_is_asked_later_is_what_was_shown(
    answers: dict[Moment, tuple[Answer, Answer]],
) -> None:
    for one, (then, later) in answers.items():
        assert (one, later) == (one, then)


def test_only_what_the_calendar_or_arithmetic_proves_is_stated_as_a_fact(
    answers: dict[Moment, tuple[Answer, Answer]],
) -> None:
    told = [one for then, _ in answers.values() for one in then.findings]
    assert told
    for one in told:
        rule, finding = one.finding.rule, one.finding
        if finding.severity != "error" and not PROVED_BY_CALENDAR.match(rule):
            assert CAREFUL.search(finding.message), finding.message


def test_the_order_of_different_agencies_and_repetition_change_nothing(tmp_path: Path) -> None:
    told = list(STORIES.values())[::4]
    ends = []
    for backwards in (False, True):
        facts = timeline(told, backwards=backwards)
        office = Office(tmp_path / str(backwards), facts[0].at - timedelta(1), almanac())
        with office.store:
            for begin in range(0, len(facts), _SOME):
                again = facts[max(0, begin - _SOME) : begin] if backwards else []
                office.take([*again, *facts[begin : begin + _SOME]])
            found = [office.answer(story.id) for story in told]
        ends.append([(one.states, one.open, one.messages) for one in found])
    assert ends[0] == ends[1]
