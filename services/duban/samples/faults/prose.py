"""Numbers in the prose that disagree with the tables or among themselves."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from duban.samples.data import load
from duban.samples.faults.consequence import finding, plant_one
from duban.samples.manuscript import Manuscript, Paragraph, Sentence
from duban.samples.prose import OUTCOMES

_NEW = "applications.new_received.total"
_CARRIED = "applications.carried_over.total"
_DONE = "applications.results.total.total"
_OUTCOME_SLOTS = tuple(name for name, _, _ in OUTCOMES)


def _sentence(paper: Manuscript, fits: Callable[[Sentence, list[str]], bool]) -> Sentence | None:
    for _, _, sentence in paper.sentences():
        if fits(sentence, sentence.slots()):
            return sentence
    return None


def _other(rng: Random, true: int, taken: set[int]) -> int:
    """A positive number near `true` that is none of `taken`."""
    choices = [true + d for d in (1, 2, 3, 4, 5, 6, 10, 11, 17)]
    choices += [true - d for d in (1, 2, 3) if true - d > 0]
    return rng.choice([value for value in choices if value not in taken])


def requests(paper: Manuscript, rng: Random) -> bool:
    """Part 1 states another number of applications than table 3."""
    return _requests(paper, rng, "requests", "error")


def requests_scoped(paper: Manuscript, rng: Random) -> bool:
    """The same, with words that widen the scope: for a human to look at."""
    return _requests(paper, rng, "requests_scoped", "warning")


def _requests(paper: Manuscript, rng: Random, fault: str, severity: str) -> bool:
    topics = ("requests_simple", "requests_handled")
    found = _sentence(
        paper,
        lambda s, slots: s.topic in topics and "channel1" not in slots,
    )
    if found is None:
        return False
    slot = "received" if "received" in found.slots() else "new_strict"
    new, carried, done = (int(paper.number(path)) for path in (_NEW, _CARRIED, _DONE))
    wrong = _other(rng, new, {new, new + carried, done})
    found.values[slot] = wrong
    if severity == "warning":
        found.template = found.template.replace(f"{{{slot}}}件", f"{{{slot}}}件（含垂管部门）", 1)
    expected = finding("stated_requests", severity, cells=[_NEW], expected=new, actual=wrong)
    return plant_one(paper, fault, expected)


def balance(paper: Manuscript, rng: Random) -> bool:
    """One sentence states old, new, handled and open cases that do not balance."""
    needed = {"carried_over", "new_strict", "carried_forward"}
    found = _sentence(paper, lambda s, slots: needed <= set(slots))
    if found is None:
        return False
    values = {
        name: int(value) for name, value in found.values.items() if name in needed | {"handled"}
    }
    done = values.get("handled", int(paper.number(_DONE)))
    true = values["carried_forward"]
    wrong = _other(rng, true, {true, values["new_strict"] - done})
    found.values["carried_forward"] = wrong
    expected = finding(
        "stated_balance",
        "error",
        expected=values["carried_over"] + values["new_strict"],
        actual=done + wrong,
    )
    return plant_one(paper, "balance", expected)


def _listing(paper: Manuscript) -> Sentence | None:
    return _sentence(paper, lambda s, slots: sum(slot in _OUTCOME_SLOTS for slot in slots) >= 4)


def outcome_left_out(paper: Manuscript, rng: Random) -> bool:
    """The list of outcomes leaves one out that occurred."""
    found = _listing(paper)
    if found is None or "carried_forward" in found.slots():
        return False
    stated = [slot for slot in found.slots() if slot in _OUTCOME_SLOTS]
    labels = {name: label for name, label, _ in OUTCOMES}
    candidates = [
        s for s in stated[1:] if int(found.values[s]) and f"{labels[s]}{{{s}}}件" in found.template
    ]
    if not candidates:
        return False
    gone = rng.choice(candidates)
    label = labels[gone]
    for separator in ("、", "，"):
        found.template = found.template.replace(f"{separator}{label}{{{gone}}}件", "")
    lost = int(found.values.pop(gone))
    done = int(paper.number(_DONE))
    expected = finding(
        "stated_outcomes", "warning", cells=[_DONE], expected=done, actual=done - lost
    )
    return plant_one(paper, "outcome_left_out", expected)


def outcome_changed(paper: Manuscript, rng: Random) -> bool:
    """All outcomes are listed after a stated sum of answers and do not reach it."""
    found = _listing(paper)
    # A bracket 含…件 in the list may be taken for words of scope: then a warning would do.
    if found is None or {"carried_forward", "withdrawn"} & set(found.slots()):
        return False
    paragraph = next(p for _, p, s in paper.sentences() if s is found)
    if not any("handled" in s.slots() for s in paragraph.sentences):
        return False
    slot = rng.choice([s for s in found.slots() if s in _OUTCOME_SLOTS and int(found.values[s])])
    true = int(found.values[slot])
    found.values[slot] = _other(rng, true, {true})
    done = int(paper.number(_DONE))
    expected = finding(
        "stated_outcomes", "error", expected=done, actual=done - true + int(found.values[slot])
    )
    return plant_one(paper, "outcome_changed", expected)


def _total(prefix: str) -> Callable[[Sentence, list[str]], bool]:
    return lambda s, slots: s.topic == "disputes_totals" and f"{prefix}_total" in slots


def reconsideration(paper: Manuscript, rng: Random) -> bool:
    """Part 1 states another number of reconsiderations than table 4."""
    found = _sentence(paper, _total("recon"))
    if found is None:
        return False
    true = int(found.values["recon_total"])
    found.values["recon_total"] = wrong = _other(rng, true, {true})
    path = "disputes.reconsideration.total"
    expected = finding("stated_reconsideration", "error", cells=[path], expected=true, actual=wrong)
    return plant_one(paper, "reconsideration", expected)


def litigation(paper: Manuscript, rng: Random) -> bool:
    """Part 1 states another number of suits than both groups of table 4 together."""
    found = _sentence(paper, _total("lit"))
    if found is None:
        return False
    true = int(found.values["lit_total"])
    groups = {int(paper.number(path)) for path in _suits("total")}
    found.values["lit_total"] = wrong = _other(rng, true, {true} | groups)
    expected = finding(
        "stated_litigation", "error", cells=_suits("total"), expected=true, actual=wrong
    )
    return plant_one(paper, "litigation", expected)


def _suits(column: str) -> list[str]:
    return [
        f"disputes.litigation_direct.{column}",
        f"disputes.litigation_after_reconsideration.{column}",
    ]


def litigation_parts_swapped(paper: Manuscript, rng: Random) -> bool:
    """Two results of suits are swapped: the sum holds, both differ from table 4."""
    found = _sentence(paper, lambda s, slots: {"lit_upheld", "lit_corrected"} <= set(slots))
    if found is None or found.values["lit_upheld"] == found.values["lit_corrected"]:
        return False
    values = found.values
    true = {name: int(values[f"lit_{name}"]) for name in ("upheld", "corrected")}
    values["lit_upheld"], values["lit_corrected"] = true["corrected"], true["upheld"]
    expected = [
        finding(
            "stated_litigation_part",
            "error",
            cells=_suits(name),
            expected=true[name],
            actual=int(values[f"lit_{name}"]),
        )
        for name in true
    ]
    return plant_one(paper, "litigation_parts_swapped", *expected)


def litigation_sum(paper: Manuscript, rng: Random) -> bool:
    """One result of suits is wrong: the parts miss the stated total, and the table."""
    found = _sentence(paper, lambda s, slots: {"lit_total", "lit_pending"} <= set(slots))
    if found is None:
        return False
    name = rng.choice(("upheld", "corrected", "other", "pending"))
    true, total = int(found.values[f"lit_{name}"]), int(found.values["lit_total"])
    found.values[f"lit_{name}"] = wrong = _other(rng, true, {true})
    return plant_one(
        paper,
        "litigation_sum",
        finding("litigation_parts", "error", expected=total - true + wrong, actual=total),
        finding("stated_litigation_part", "error", cells=_suits(name), expected=true, actual=wrong),
    )


def all_upheld(paper: Manuscript, rng: Random) -> bool:
    """All suits are said to be upheld where table 4 shows others."""
    found = _sentence(paper, lambda s, slots: s.topic == "disputes_totals")
    if found is None or not int(found.values["lit_total"]):
        return False
    decided = [path for column in ("corrected", "other") for path in _suits(column)]
    if not any(int(paper.number(path)) for path in decided):
        return False
    wording = load("wording")["disputes_upheld"][0]
    found.template, found.implies = wording["text"], wording["implies"]
    found.values = {"lit_total": found.values["lit_total"]}
    total = int(found.values["lit_total"])
    upheld = sum(int(paper.number(path)) for path in _suits("upheld"))
    expected = finding(
        "stated_litigation_part", "error", cells=_suits("upheld"), expected=upheld, actual=total
    )
    return plant_one(paper, "all_upheld", expected)


def fees_missing(paper: Manuscript, rng: Random) -> bool:
    """No word on information-processing fees."""
    if paper.year < 2021:
        return False
    last = next(part for part in paper.parts if part.part == 6)
    for paragraph in last.paragraphs:
        paragraph.sentences = [s for s in paragraph.sentences if not s.topic.startswith("fees")]
    last.paragraphs = [p for p in last.paragraphs if p.sentences]
    if not last.paragraphs:
        text = rng.choice(load("wording")["nothing_else"])
        last.paragraphs.append(Paragraph([Sentence(text, {}, "nothing_else")]))
    return plant_one(paper, "fees_missing", finding("fees_missing", "warning"))


FAULTS = {
    "requests": requests,
    "requests_scoped": requests_scoped,
    "balance": balance,
    "outcome_left_out": outcome_left_out,
    "outcome_changed": outcome_changed,
    "reconsideration": reconsideration,
    "litigation": litigation,
    "litigation_parts_swapped": litigation_parts_swapped,
    "litigation_sum": litigation_sum,
    "all_upheld": all_upheld,
    "fees_missing": fees_missing,
}
