"""From broken assertions to findings: one cause, one finding."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from duban.domain.finding import Blame, Failed, Finding, Severity, Suspect
from duban.rulebook.grounds import place_of
from duban.rulebook.subject import digest
from duban.rulebook.tally import Broken
from duban.rulebook.view import View

_SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
TOGETHER_FROM = 6  # more than five findings of one rule are told as one


@dataclass(slots=True)
class Cause:
    """Broken assertions that are told as one finding; the first by precedence speaks."""

    broken: list[Broken]
    suspect: Suspect | None = None
    attached: list[Broken] = field(default_factory=list)
    counted: bool = False  # many of one kind: the message says how many

    @property
    def cells(self) -> tuple[str, ...]:
        """Every cell that takes part."""
        return tuple(dict.fromkeys(cell for one in self.broken for cell in one.cells))


def gather(causes: list[Cause]) -> list[Cause]:
    """Put together what a rule wants told as one, and what would be more than five findings."""
    gathered: list[Cause] = []
    by_group: dict[tuple[str, str], Cause] = {}
    by_rule: dict[str, list[Cause]] = {}
    for cause in causes:
        first = cause.broken[0]
        if len(cause.broken) == 1 and first.group is not None:
            known = by_group.get((first.rule.id, first.group))
            if known is not None:
                known.broken.append(first)
                known.counted = True
                continue
            by_group[first.rule.id, first.group] = cause
        gathered.append(cause)
        by_rule.setdefault(first.rule.id, []).append(cause)
    for same in by_rule.values():
        if len(same) >= TOGETHER_FROM:
            head, *rest = same
            gathered = [cause for cause in gathered if cause not in rest]
            head.broken = [one for cause in same for one in cause.broken]
            head.suspect, head.counted = None, True
    return gathered


def apply_precedence(causes: list[Cause]) -> list[Cause]:
    """Attach the findings of a replaced rule to the finding that replaces them.

    A graver finding is never attached to a lighter one; it takes the lighter one instead.
    """
    lost: set[int] = set()
    for one in causes:
        for entry in (entry for broken in one.broken for entry in broken.rule.replaces):
            for other in causes:
                if other is one or id(one) in lost or id(other) in lost:
                    continue
                if other.broken[0].rule.id != entry.rule:
                    continue
                if entry.same != "report" and not _meet(one, other, entry.same):
                    continue
                winner, loser = (other, one) if _gravity(other) < _gravity(one) else (one, other)
                winner.attached.extend((*loser.broken, *loser.attached))
                lost.add(id(loser))
    return [cause for cause in causes if id(cause) not in lost]


def _meet(one: Cause, other: Cause, same: str) -> bool:
    """Whether both look at one cell, or the other looks at the cell that `one` suspects."""
    suspected = one.suspect.cells if one.suspect else ()
    cells = one.cells if same == "cell" else suspected
    return not set(cells).isdisjoint(other.cells)


def _gravity(cause: Cause) -> int:
    """0 for an error, more for what weighs less."""
    return min(_SEVERITIES.index(one.severity) for one in cause.broken)


def to_finding(cause: Cause, view: View) -> Finding:
    """The public finding of a cause."""
    first = cause.broken[0]
    every = [*cause.broken, *cause.attached]
    message, message_en = _messages(cause)
    cells = cause.cells
    at = first.at
    if cause.suspect is not None:
        at = place_of(view, cause.suspect.cells[0]) or at
    return Finding(
        rule=first.rule.id,
        severity=_SEVERITIES[_gravity(cause)],
        message=message,
        message_en=message_en,
        cells=cells,
        suspect=cause.suspect,
        expected=first.expected,
        actual=first.actual,
        quote=first.quote,
        at=at,
        basis=first.rule.basis,
        blame=_blame(cause, view),
        fingerprint=first.fingerprint,
        evidence=first.evidence if len(every) == 1 else digest(one.evidence for one in every),
        failed=tuple(map(_failed, every)) if len(every) > 1 else (),
    )


def _messages(cause: Cause) -> tuple[str, str]:
    first, others = cause.broken[0], len(cause.broken) - 1
    zh, en = first.message, first.message_en
    if others and cause.counted:
        zh += f"同类问题共{others + 1}处，以上为第一处。"
        en += f" Faults of this kind: {others + 1}; this is the first."
    elif others:
        zh += f"另有{others}项合计同时不成立。"
        en += f" Sums that fail with it: {others}."
    if cause.suspect is not None:
        zh += f"{cause.suspect.why}，请核实。"
        en += f" Please check: {_proposal(cause.suspect)} would mend every sum."
    return zh, en


def _proposal(suspect: Suspect) -> str:
    return ", ".join(f"{cell} = {value}" for cell, value in suspect.proposed.items())


def _failed(one: Broken) -> Failed:
    return Failed(one.rule.id, one.cells, one.expected, one.actual, one.fingerprint)


def _blame(cause: Cause, view: View) -> Blame:
    if cause.broken[0].rule.structural and view.report.converted:
        return "reading"
    if _unreadable(cause.cells, view):
        return "reading"
    tables = {cell.partition(".")[0] for cell in cause.cells}
    doubted = any(view.tables[name].doubt for name in tables if name in view.tables)
    return "reading" if doubted else "agency"


def _unreadable(cells: Iterable[str], view: View) -> bool:
    found = map(view.report.cell, cells)
    return any(cell.kind == "unreadable" for cell in found if cell is not None)
