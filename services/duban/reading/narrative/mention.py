"""A sentence under reading and the numbers found in it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from duban.reading.narrative.numeral import is_approximate, value_of
from duban.reading.narrative.pattern import compiled
from duban.reading.narrative.period import is_reported_year

_CLAUSE = re.compile(r"[，。；：！？]")
_CLOSED_NOTE = re.compile(r"（[^（）]*）")
_SEGMENT = re.compile(r"[；。！？]")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a paragraph is about, as far as it decides what a bare word means."""

    requests: bool  # 依申请公开: its lead, its sub-heading or the one above
    disputes: bool  # part 4, or a lead or sub-heading that names reconsideration or suits
    part: int | None


@dataclass(frozen=True, slots=True)
class Mention:
    """One number with its meaning; `start` to `end` is the span that carries it."""

    name: str
    value: int | float
    start: int
    end: int
    approximate: bool = False
    scope: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    clause: int = 0  # where the clause it belongs to starts

    @property
    def clause_is_dispute(self) -> bool:
        """Whether it belongs to the clause of a reconsideration or suit."""
        return self.name.startswith(("recon_", "lit_", "disputes"))


@dataclass(slots=True)
class Sentence:
    """One sentence in normal form; `used` marks characters that a mention already explains."""

    text: str
    before: str  # the paragraph up to the sentence, at most a few hundred characters
    topic: Topic
    year: int | None
    used: bytearray = field(init=False)
    mentions: list[Mention] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.used = bytearray(len(self.text))

    def free(self, start: int, end: int) -> bool:
        """Whether no mention has used a character of the span."""
        return not any(self.used[start:end])

    def take(self, start: int, end: int) -> None:
        """Mark a span as explained."""
        self.used[start:end] = b"\x01" * (end - start)

    def release(self, start: int, end: int) -> None:
        """Take back that a span is explained."""
        self.used[start:end] = bytes(end - start)

    def clause_start(self, at: int) -> int:
        """Where the clause (between ，；：。) that holds `at` starts."""
        return max((self.text.rfind(mark, 0, at) for mark in "，；：。！？"), default=-1) + 1

    def clause_end(self, at: int) -> int:
        """Where the clause that holds `at` ends, its mark left out."""
        found = _CLAUSE.search(self.text, at)
        return found.start() if found else len(self.text)

    def segment_start(self, at: int) -> int:
        """Where the part of the sentence between ；that holds `at` starts."""
        return self.text.rfind("；", 0, at) + 1

    def segment_end(self, at: int) -> int:
        """Where the part of the sentence between ；that holds `at` ends."""
        found = _SEGMENT.search(self.text, at)
        return found.start() if found else len(self.text)

    def lead(self, at: int) -> str:
        """The clause up to `at`, from the last character another mention used."""
        start = self.clause_start(at)
        last = self.used.rfind(1, start, at)
        return self.text[max(start, last + 1) : at]

    def visible(self, end: int) -> str:
        """The sentence up to `end`, what mentions used blanked out."""
        return "".join(
            "□" if used else character
            for character, used in zip(self.text[:end], self.used, strict=False)
        )

    def is_reported_year(self, at: int) -> bool:
        """Whether the number that ends at `at` is of the whole report year."""
        return is_reported_year(self.visible(at), at, self.clause_start(at - 1), self.year)

    def in_breakdown(self, at: int) -> bool:
        """Whether 其中, 包括 or 含 stands before `at` in the same part of the sentence."""
        before = _CLOSED_NOTE.sub("", self.text[self.segment_start(at) : at])
        return "其中" in before or "包括" in before

    def free_matches(self, pattern: str) -> Iterable[re.Match[str]]:
        """The matches of a pattern that use no character another mention used."""
        at, search = 0, compiled(pattern).search
        while found := search(self.text, at):
            if self.free(found.start(), found.end()):
                yield found
                at = found.end()
            else:
                at = found.start() + 1

    def add(
        self,
        name: str,
        found: re.Match[str],
        *,
        qualifiers: Iterable[str] = (),
        scope: tuple[str, ...] = (),
        clause: int | None = None,
        quoted_to: int | None = None,
    ) -> bool:
        """Record the number of a match, unless it is no count; tell whether it was recorded."""
        value = value_of(found, self.text[self.clause_start(found.start()) : found.start("n")])
        if value is None:
            return False
        self.add_value(
            name,
            value,
            found.start(),
            found.end(),
            approximate=is_approximate(found),
            qualifiers=qualifiers,
            scope=scope,
            clause=clause,
            quoted_to=quoted_to,
        )
        return True

    def add_value(
        self,
        name: str,
        value: int | float,
        start: int,
        end: int,
        *,
        approximate: bool = False,
        qualifiers: Iterable[str] = (),
        scope: tuple[str, ...] = (),
        clause: int | None = None,
        quoted_to: int | None = None,
    ) -> None:
        """Record a value for a span, such as the zero of 未收到."""
        self.take(start, end)
        self.mentions.append(
            Mention(
                name,
                value,
                start,
                quoted_to or end,
                approximate,
                scope,
                tuple(dict.fromkeys(qualifiers)),
                self.segment_start(start) if clause is None else clause,
            )
        )
