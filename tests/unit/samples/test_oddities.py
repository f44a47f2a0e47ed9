from __future__ import annotations

from copy import deepcopy

import pytest

from duban.samples import truth
from duban.samples.arithmetic import broken
from duban.samples.chance import chance
from duban.samples.manuscript import Manuscript
from duban.samples.oddities import ODDITIES, add
from duban.samples.render.lines import LineStyle, text_bytes

KINDS = range(len(ODDITIES))


@pytest.mark.parametrize("kind", KINDS, ids=lambda n: ODDITIES[n].__name__)
def test_a_harmless_habit_changes_the_print_but_no_value(
    papers: list[Manuscript], kind: int
) -> None:
    style = LineStyle("tabs")
    room = 0
    for number, paper in enumerate(papers):
        odd = deepcopy(paper)
        if ODDITIES[kind](odd, chance(kind, number)) is None:
            continue
        room += 1
        assert text_bytes(odd, style) != text_bytes(paper, style)
        assert broken(odd) == []
        assert odd.planted == []
        before, after = (truth.entry(p, path="x", media="text") for p in (paper, odd))
        assert before["cells"] == after["cells"]
        assert before["title_year"] == after["title_year"]
        if room == 10:
            return
    assert room


def test_a_sentence_beside_a_table_states_the_number_of_the_table(
    papers: list[Manuscript],
) -> None:
    paper = deepcopy(papers[4])
    next(o for o in ODDITIES if o.__name__ == "statement_beside_the_table")(paper, chance(1))
    facts = truth.entry(paper, path="x", media="text")["facts"]
    new = paper.number("applications.new_received.total")
    assert {"name": "new_strict", "value": new, "approximate": False, "part": 3} in facts


def test_an_added_habit_is_noted(papers: list[Manuscript]) -> None:
    seen = set()
    for number, true in enumerate(papers):
        paper = deepcopy(true)
        add(paper, chance("odd", number))
        (note,) = paper.oddities
        seen.add(note)
    assert len(seen) == len(ODDITIES)
