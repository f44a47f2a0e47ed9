"""Which headings open the parts of the report (reference 3.12.1, items 2 to 6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from duban.domain.form import PARTS
from duban.reading import flow
from duban.reading.flow import GridMark, Item
from duban.reading.sections.headings import Candidate, candidates, cut_inline, cut_leading
from duban.reading.tables.labels import Normal, similarity

_TABLE_OF_PART = {2: "disclosure", 3: "applications", 4: "disputes"}
_NEAR = 0.6
_FEW = 3
_CONTENTS = 4
_MOST = 300  # headings looked at; no report has a tenth of them


class Heading(NamedTuple):
    """A first-level heading; `part` is None outside the form, `repeats` is set for a second one."""

    candidate: Candidate
    part: int | None
    similar: bool = False
    repeats: int | None = None


def find_headings(
    items: list[Item], tables: Mapping[int, frozenset[str]], normal: Normal
) -> tuple[list[Item], list[Heading]]:
    """The flow (cut at headings inside paragraphs if need be) and its headings in order.

    `tables` says which tables of the form stand in which grid.
    """
    found = candidates(items, normal)
    if sum(candidate.part is not None for candidate in found) < _FEW:
        pieces = flow.split(items, cut_inline)
        again = candidates(pieces, normal)
        if sum(c.part is not None for c in again) > sum(c.part is not None for c in found):
            items, found = pieces, again
    missing = set(range(1, len(PARTS) + 1)) - {candidate.part for candidate in found}
    if missing:
        items = flow.split(items, partial(cut_leading, missing=missing))
        found = candidates(items, normal)
    return items, _chosen(items, found, tables)


def _chosen(
    items: Sequence[Item], found: list[Candidate], tables: Mapping[int, frozenset[str]]
) -> list[Heading]:
    found = _without_contents(items, found[:_MOST])
    parts = _of_one_level([candidate for candidate in found if candidate.part])
    run = _longest_run(parts, [_has_table(items, c, parts, tables) for c in parts])
    taken = {candidate.part for candidate in run}
    single = [c for c in parts if c.part not in taken]
    headings = [Heading(c, c.part) for c in run]
    for candidate in single:
        if all(candidate.part != heading.part for heading in headings):
            headings.append(Heading(candidate, candidate.part))
    chosen = {heading.candidate.place: heading for heading in headings}
    style = {heading.part: heading.candidate.style for heading in headings}
    for candidate in parts:
        if candidate.place not in chosen and candidate.style == style.get(candidate.part):
            headings.append(Heading(candidate, None, repeats=candidate.part))
    others = [candidate for candidate in found if candidate.part is None]
    if any(heading.candidate.style not in ("一、", None) for heading in headings) and not any(
        heading.candidate.style == "一、" for heading in headings
    ):
        others = []
    headings += [_near(candidate, headings) for candidate in others]
    return sorted(headings, key=lambda heading: heading.candidate.place)


def _without_contents(items: Sequence[Item], found: list[Candidate]) -> list[Candidate]:
    """Without a table of contents: neighbouring headings all of which come again below."""
    start = 0
    while start < len(found):
        end = start + 1
        listed = {found[start].part}
        while (
            end < len(found)
            and found[end].place == found[end - 1].place + 1
            and found[end].part not in listed
        ):
            listed.add(found[end].part)
            end += 1
        listed.discard(None)
        later = {c.part for c in found[end:]}
        if len(listed) >= _CONTENTS and listed <= later:
            return found[:start] + _without_contents(items, found[end:])
        start = end
    return found


def _of_one_level(parts: list[Candidate]) -> list[Candidate]:
    if any(candidate.style == "一、" for candidate in parts):
        return [c for c in parts if c.style not in ("（一）", "1.", "1、")]
    return parts


def _has_table(
    items: Sequence[Item],
    candidate: Candidate,
    parts: Sequence[Candidate],
    tables: Mapping[int, frozenset[str]],
) -> bool:
    """Whether the part's own table follows before the next heading of a part."""
    name = _TABLE_OF_PART.get(candidate.part or 0)
    end = min((c.place for c in parts if c.place > candidate.place), default=len(items))
    return any(
        isinstance(item, GridMark) and name in tables.get(item.number, ())
        for item in items[candidate.place : end]
    )


def _longest_run(parts: Sequence[Candidate], followed: Sequence[bool]) -> list[Candidate]:
    """The longest ascending run of parts, with most tables, then with an ordinal, then the last."""
    best: list[tuple[tuple[int, int, int], list[int]]] = []
    for index, candidate in enumerate(parts):
        own = (1, int(followed[index]), int(candidate.ordinal == candidate.part))
        before = [
            entry
            for position, entry in enumerate(best)
            if (parts[position].part or 0) < (candidate.part or 0)
        ]
        score, path = max(before, key=lambda entry: entry[0], default=((0, 0, 0), []))
        best.append(((score[0] + own[0], score[1] + own[1], score[2] + own[2]), [*path, index]))
    if not best:
        return []
    top = max(score for score, _ in best)
    path = next(path for score, path in reversed(best) if score == top)
    return [parts[index] for index in path]


def _near(candidate: Candidate, headings: Sequence[Heading]) -> Heading:
    """A near match that stands where its part belongs is that part."""
    part = candidate.ordinal
    if part is None or not 1 <= part <= len(PARTS) or any(h.part == part for h in headings):
        return Heading(candidate, None)
    below = [h for h in headings if h.part and h.part < part]
    above = [h for h in headings if h.part and h.part > part]
    in_place = all(h.candidate.place < candidate.place for h in below) and all(
        h.candidate.place > candidate.place for h in above
    )
    close = similarity(candidate.rest, PARTS[part - 1]) >= _NEAR
    return (
        Heading(candidate, part, similar=True) if in_place and close else Heading(candidate, None)
    )
