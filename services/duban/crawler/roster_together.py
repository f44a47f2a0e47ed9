"""What only shows when all entries are seen: repetitions, circles, the order of dates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from duban.crawler.roster_entry import Entry
from duban.crawler.roster_fault import Fault, visible
from duban.crawler.roster_field import CHECKS
from duban.domain.text import normal

_ONCE = {
    "id": ("每个机关应有自己的编号", "each agency needs an id of its own"),
    "name": ("一个机关只写一次", "each agency stands there once"),
}
_KIN = {"parent": ("上级", "its supervising agency"), "merged_into": ("并入的机关", "its heir")}


def wrong_together(entries: Sequence[Entry]) -> Iterator[Fault]:
    """The faults between entries, also where single entries have faults of their own."""
    yield from _repeated(entries)
    by_id = {entry.text("id") or "": entry for entry in entries}
    for entry in entries:
        yield from _wrong_life(entry, by_id)
    for key in _KIN:
        yield from _wrong_kin(key, entries, by_id)


def _repeated(entries: Iterable[Entry]) -> Iterator[Fault]:
    first: dict[tuple[str, str], int] = {}
    for entry in entries:
        for key, (zh, en) in _ONCE.items():
            text, line = entry.text(key), entry.line_of(key)
            if text is None:
                continue
            told = visible(text)
            before = first.setdefault((key, normal(text) if key == "name" else text), line)
            if before != line:
                yield Fault(line, key, f"“{told}”重复（第 {before} 行已有），{zh}",
                            f"“{told}” is repeated (first in line {before}); {en}")  # fmt: skip


def _day(entry: Entry, key: str) -> str | None:
    text = entry.text(key)
    return text if text is not None and CHECKS[key][0](text) else None


def _wrong_life(entry: Entry, by_id: Mapping[str, Entry]) -> Iterator[Fault]:
    begins, ends = _day(entry, "valid_from"), _day(entry, "valid_to")
    if begins and ends and ends < begins:
        yield Fault(
            entry.line_of("valid_to"), "valid_to",
            f"{ends} 早于 valid_from（{begins}），应为存续的最后一天",
            f"{ends} lies before valid_from ({begins}); it must be the last day of its life",
        )  # fmt: skip
    heir = entry.text("merged_into")
    if heir is None:
        return
    line = entry.line_of("merged_into")
    if entry.whole and entry.text("valid_to") is None:
        yield Fault(
            line, "merged_into", "写了并入的机关，就应以 valid_to 写明存续的最后一天",
            "an agency that was merged needs valid_to, the last day of its life",
        )  # fmt: skip
    other = by_id.get(heir)
    gone = _day(other, "valid_to") if other is not None and other is not entry else None
    if ends and gone and gone < ends:
        yield Fault(
            line, "merged_into", f"“{heir}”在 {gone} 已经撤销，早于本机关的 {ends}，不可能并入它",
            f"“{heir}” ended on {gone}, before this agency did ({ends})",
        )  # fmt: skip


def _wrong_kin(key: str, entries: Sequence[Entry], by_id: Mapping[str, Entry]) -> Iterator[Fault]:
    (zh, en), above = _KIN[key], {own: entry.text(key) for own, entry in by_id.items()}
    circles = _in_circles(above)
    for entry in entries:
        own, other, line = entry.text("id"), entry.text(key), entry.line_of(key)
        if other is None:
            continue
        if other not in above:
            told = visible(other)
            yield Fault(
                line, key, f"“{told}”不在名录中，应为某个机关的 id",
                f"“{told}” is not in the roster; it must be the id of an agency",
            )  # fmt: skip
        elif own in circles and by_id[own] is entry:
            yield Fault(line, key, f"“{visible(own)}”的{zh}绕回到它自己",
                        f"{en} leads from “{visible(own)}” back to itself")  # fmt: skip


def _in_circles(above: Mapping[str, str | None]) -> set[str]:
    """Every id from which the way up comes back to it; each way is gone once."""
    done: set[str] = set()
    found: set[str] = set()
    for start in above:
        way: dict[str, int] = {}
        at: str | None = start
        while at is not None and at in above and at not in done and at not in way:
            way[at] = len(way)
            at = above[at]
        if at in way:
            found.update(one for one, place in way.items() if place >= way[at])
        done.update(way)
    return found
