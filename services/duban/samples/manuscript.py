"""An invented report before it is printed: parts, sentences and the printed text of each cell."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from duban.domain.agency import Agency
from duban.domain.form import ResultRow, SubTable, application_rows, disclosure_tables
from duban.domain.report import Regime, TableName

FACT_SLOTS = {"received_all": "received"}
PLAIN_SLOTS = frozenset(
    {
        *("we", "short", "county", "agency", "year", "last", "next", "topic", "outcomes"),
        *("n1", "n2", "n3", "n4", "pct", "part1", "part2", "part3", "channel1", "channel2"),
        "withdrawn",
        *("notice_count", "notice_amount", "collected_amount"),
    }
)
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass
class Sentence:
    """A sentence with named numbers: changing a value changes what is printed.

    `zero` names facts stated as 0 without a number, `implies` facts that equal another slot;
    `topic` is the kind of sentence.
    """

    template: str
    values: dict[str, int | float | str]
    topic: str = ""
    zero: tuple[str, ...] = ()
    fees: tuple[int | None, int | None, int | None] | None = None
    implies: dict[str, str] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence as printed."""
        return self.template.format(**self.values)

    def slots(self) -> list[str]:
        """The names of the slots in the order of their printing."""
        return _SLOT.findall(self.template)

    def facts(self) -> list[dict[str, Any]]:
        """The facts the sentence prints: name, value, approximate."""
        found = [{"name": name, "value": 0, "approximate": False} for name in self.zero]
        for match in _SLOT.finditer(self.template):
            if match[1] in PLAIN_SLOTS:
                continue
            around = self.template[match.end() : match.end() + 1], self.template[: match.start()]
            vague = around[0] in ("余", "多") or around[1].endswith(("近", "约", "超"))
            name = FACT_SLOTS.get(match[1], match[1])
            found.append({"name": name, "value": self.values[match[1]], "approximate": vague})
        for name, slot in self.implies.items():
            found.append({"name": name, "value": self.values[slot], "approximate": False})
        return found


@dataclass
class Paragraph:
    """A paragraph: an optional sub-heading (own line or run in) and its sentences."""

    sentences: list[Sentence] = field(default_factory=list)
    subhead: str = ""
    subhead_inline: bool = False

    def lines(self) -> list[str]:
        """The paragraph as printed, one entry per printed paragraph."""
        text = "".join(sentence.text() for sentence in self.sentences)
        if not self.subhead:
            return [text] if text else []
        if self.subhead_inline:
            return [f"{self.subhead}。{text}"]
        return [self.subhead, text] if text else [self.subhead]


@dataclass
class Part:
    """One part of the report; `part` is None for a heading that is no part of the form."""

    part: int | None
    heading: str
    ordinal: int | None
    paragraphs: list[Paragraph] = field(default_factory=list)
    table: TableName | None = None

    def printed_heading(self) -> str:
        """The heading with its ordinal."""
        return (
            f"{'一二三四五六七八九十'[self.ordinal - 1]}、" if self.ordinal else ""
        ) + self.heading


@dataclass
class Planted:
    """A fault put into a report, with every consequence the 29 first rules must show.

    Each consequence is one finding: the rules it may carry, severity, cells, `failed` for
    broken assertions, and `suspect` where exactly one cell explains them. `context` names what
    must be known from outside: "agency", "year", "prior" (the report of the year before).
    """

    fault: str
    consequences: list[dict[str, Any]]
    context: tuple[str, ...] = ()


@dataclass
class Manuscript:
    """One report as it will be printed. `cells` maps a full path to the printed text.

    `form` is the form of the printed tables, `extra_request_columns` and
    `extra_dispute_columns` are value columns no form knows (their labels), `dropped` columns
    left out of tables 3 and 4, `extra_rows` rows of table 3 no form knows (group, label).
    """

    agency: Agency
    year: int
    form: Regime
    title: str
    preface: list[Paragraph]
    parts: list[Part]
    cells: dict[str, str]
    signature: list[str] = field(default_factory=list)
    signed_on: str | None = None
    published_on: str = ""
    auto_number: bool = False
    tables_absent: set[TableName] = field(default_factory=set)
    extra_rows: list[tuple[str, str]] = field(default_factory=list)
    extra_request_columns: list[str] = field(default_factory=list)
    extra_dispute_columns: list[str] = field(default_factory=list)
    dropped_request_columns: set[str] = field(default_factory=set)
    dropped_dispute_columns: set[str] = field(default_factory=set)
    sub_rows: tuple[str, ...] = ()
    planted: list[Planted] = field(default_factory=list)
    oddities: list[str] = field(default_factory=list)
    uncertain: set[TableName] = field(default_factory=set)

    def title_lines(self) -> list[str]:
        """The title as printed on one or two lines."""
        return self.title.split("|")

    def request_rows(self) -> list[ResultRow]:
        """The rows of table 3 that are printed, in order, without unknown ones."""
        rows = list(application_rows(self.form))
        single = "applications.results.other.total.total" in self.cells
        if self.form == "R2021" and single:
            at = next(i for i, row in enumerate(rows) if row.field.startswith("results.other."))
            rows = [row for row in rows if not row.field.startswith("results.other.")]
            rows.insert(at, ResultRow("results.other.total", "", "（六）其他处理"))
        return [row for row in rows if f"applications.{row.field}.total" in self.cells]

    def disclosure(self) -> tuple[SubTable, ...]:
        """The sub-tables of table 2 of the printed form."""
        return disclosure_tables(self.form)

    def sentences(self) -> list[tuple[int | None, Paragraph, Sentence]]:
        """All sentences with the part (None: preface) and paragraph they stand in."""
        found: list[tuple[int | None, Paragraph, Sentence]] = [
            (None, paragraph, sentence)
            for paragraph in self.preface
            for sentence in paragraph.sentences
        ]
        inside: int | None = None
        for part in self.parts:
            inside = part.part or inside
            found += [(inside, p, s) for p in part.paragraphs for s in p.sentences]
        return found

    def number(self, path: str) -> int | float:
        """The number printed in a cell; raises ValueError where it prints none."""
        shown = unicodedata.normalize("NFKC", self.cells[path])
        text = shown.removesuffix("件").replace(",", "")
        return float(text) if "." in text else int(text)
