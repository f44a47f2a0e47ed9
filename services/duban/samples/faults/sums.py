"""Wrong numbers in tables 3 and 4."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from random import Random

from duban.domain.form import DISPUTE_GROUPS
from duban.samples.faults.consequence import plant_sums
from duban.samples.figures import APPLICANT_FIELDS
from duban.samples.manuscript import Manuscript


def _slip(rng: Random, value: int) -> int:
    """A wrong number near the true one, as typing slips give."""
    digits = str(value)
    if len(digits) > 1 and digits[0] != digits[1] and digits[1] != "0" and rng.random() < 0.5:
        return int(digits[1] + digits[0] + digits[2:])
    return value + rng.choice((1, 2, 3, 10))


def _leaves(paper: Manuscript, *, used: bool) -> list[str]:
    return [
        row.field
        for row in paper.request_rows()
        if row.field.startswith("results.")
        and row.field != "results.total"
        and (not used or int(paper.cells[f"applications.{row.field}.total"]))
    ]


def _set(paper: Manuscript, path: str, value: int) -> None:
    paper.cells[path] = str(value)


def outcome_total(paper: Manuscript, rng: Random) -> bool:
    """The total of one outcome row is mistyped: its row and the total column break."""
    rows = _leaves(paper, used=True)
    if not rows:
        return False
    path = f"applications.{rng.choice(rows)}.total"
    true = int(paper.cells[path])
    _set(paper, path, _slip(rng, true))
    return plant_sums(paper, "outcome_total", {path: true})


def outcome_applicant(paper: Manuscript, rng: Random) -> bool:
    """One applicant's number of an outcome is mistyped: its row and its column break."""
    rows = _leaves(paper, used=True)
    if not rows:
        return False
    path = f"applications.{rng.choice(rows)}.{rng.choice(APPLICANT_FIELDS)}"
    true = int(paper.cells[path])
    _set(paper, path, _slip(rng, true))
    return plant_sums(paper, "outcome_applicant", {path: true})


def total_row_applicant(paper: Manuscript, rng: Random) -> bool:
    """A number of the total row is mistyped: row, column and balance break together."""
    path = f"applications.results.total.{rng.choice(APPLICANT_FIELDS)}"
    true = int(paper.cells[path])
    _set(paper, path, _slip(rng, true))
    return plant_sums(paper, "total_row_applicant", {path: true})


def wrong_row(paper: Manuscript, rng: Random) -> bool:
    """A number stands one row too low: only the two rows break."""
    rows = _leaves(paper, used=False)
    column = rng.choice(APPLICANT_FIELDS[:2])
    pairs = []
    for upper, lower in pairwise(rows):
        first, second = (f"applications.{row}.{column}" for row in (upper, lower))
        if int(paper.cells[first]) and not int(paper.cells[second]):
            pairs.append((first, second))
    if not pairs:
        return False
    first, second = rng.choice(pairs)
    paper.cells[first], paper.cells[second] = paper.cells[second], paper.cells[first]
    return plant_sums(paper, "wrong_row", None)


def outcome_with_total(paper: Manuscript, rng: Random) -> bool:
    """An outcome and its row total are both too high: the row holds, two columns break."""
    rows = _leaves(paper, used=True)
    if not rows:
        return False
    row, column, more = rng.choice(rows), rng.choice(APPLICANT_FIELDS), rng.randint(1, 4)
    return _both(paper, f"applications.{row}", column, more, "outcome_with_total")


def forward_with_total(paper: Manuscript, rng: Random) -> bool:
    """Cases carried forward are counted too high, total included: only the balance breaks."""
    if "carried_forward" in {slot for _, _, s in paper.sentences() for slot in s.slots()}:
        return False
    column, more = rng.choice(APPLICANT_FIELDS[:2]), rng.randint(1, 4)
    return _both(paper, "applications.carried_forward", column, more, "forward_with_total")


def _both(paper: Manuscript, row: str, column: str, more: int, fault: str) -> bool:
    for path in (f"{row}.{column}", f"{row}.total"):
        _set(paper, path, int(paper.cells[path]) + more)
    return plant_sums(paper, fault, None)


def _dispute(group: str) -> Callable[[Manuscript, Random], bool]:
    def mutate(paper: Manuscript, rng: Random) -> bool:
        prefix = "recon_" if group == "reconsideration" else "lit_"
        if any(
            slot.startswith(prefix)
            for _, _, s in paper.sentences()
            for slot in (*s.slots(), *s.zero)
        ):
            return False
        path = f"disputes.{group}.total"
        true = int(paper.cells[path])
        _set(paper, path, _slip(rng, true))
        return plant_sums(paper, f"{group}_total", None)

    return mutate


FAULTS = {
    "outcome_total": outcome_total,
    "outcome_applicant": outcome_applicant,
    "total_row_applicant": total_row_applicant,
    "wrong_row": wrong_row,
    "outcome_with_total": outcome_with_total,
    "forward_with_total": forward_with_total,
    **{f"{group.field}_total": _dispute(group.field) for group in DISPUTE_GROUPS},
}
