"""A report as it was read: typed cells, parts, figures in the prose. Nothing is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from duban.domain.doubt_english import english_of
from duban.domain.place import Place
from duban.domain.reason_english import ENGLISH

Regime = Literal["R2008", "R2019", "R2021"]
TableName = Literal["disclosure", "applications", "disputes"]
Number = int | float
CellKind = Literal["number", "blank", "mark", "text", "unreadable"]


class Cell(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):  # as places: many, no cycle
    """What one data cell prints.

    `value` is set for kind "number" only: an int for counts, a float where decimals are
    printed. `mark` is `/ - — 无` and the like. `note` is a bracketed note after a number or
    the reason why a cell is unreadable; `unit` the unit printed in the cell itself.
    """

    kind: CellKind
    raw: str
    value: Number | None = None
    at: Place | None = None
    note: str | None = None
    unit: str | None = None


class Row(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One data row of a table as it stands: its printed label path and how many values follow.

    `field` is the row's field of the form (domain.form), or None for a row no form knows.
    """

    label: str
    values: int
    at: Place
    field: str | None = None


class Table(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One of the three tables (the four or five sub-tables of table 2 count as one).

    `cells` maps a path without the table's name (`new_received.natural_person`) to a cell; a
    path is absent where the document lacks the row. `missing` lists the row fields of the
    detected form that the document lacks (table 4: its groups), `rows` every data row found, with
    unknown ones (table 4 has one row without a label: none is listed).
    `value_columns` counts the value cells of the (widest) data row, `leaf_headers` the header
    labels above them. `doubt` says why the structure cannot be trusted; all its cells are
    then unreadable.
    """

    name: TableName
    at: Place
    cells: Mapping[str, Cell]
    rows: tuple[Row, ...] = ()
    missing: tuple[str, ...] = ()
    leaf_headers: tuple[str, ...] = ()
    value_columns: int | None = None
    balance_note: bool = False
    doubt: str | None = None

    @property
    def doubt_en(self) -> str:
        """The doubt in English; it follows from the sentence recorded."""
        return english_of(self.doubt)


OrdinalStyle = Literal["一、", "（一）", "1.", "1、", "other"]


class Section(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A top-level heading; `part` is 1 to 6, or None where it is none of the six.

    `ordinal` is the number printed (or shown by automatic numbering), `similar` marks a near
    match that was taken for the part by its place (3.12.1(6)). `repeats` is the part whose
    heading comes a second time here; `part` is then None. `text` is the prose up to the next part.
    """

    heading: str
    at: Place
    part: int | None = None
    ordinal: int | None = None
    style: OrdinalStyle | None = None
    similar: bool = False
    repeats: int | None = None
    text: str = ""


class Passage(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One paragraph of prose with the part it stands in (None: preface); tables are left out."""

    text: str
    at: Place
    part: int | None = None
    heading: bool = False


class Fact(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One mention of a number in the prose (names: glossary; patterns: domain reference 3.0.1).

    `scope` holds the markers that widen or narrow what the number counts, `qualifiers` other
    circumstances that rules except (closed list in reading/narrative/vocabulary). `paragraph`,
    `sentence` and `clause` number the narrative's paragraphs, sentences and dispute or request
    clauses through the document: facts with equal numbers stand together.
    """

    name: str
    value: int | float
    quote: str
    at: Place
    approximate: bool = False
    scope: tuple[str, ...] = ()
    qualifiers: tuple[str, ...] = ()
    part: int | None = None
    paragraph: int = 0
    sentence: int = 0
    clause: int = 0


class Fees(msgspec.Struct, frozen=True, kw_only=True):
    """What the report says of information-processing fees (国办函〔2020〕109号); yuan."""

    stated: bool
    notice_count: int | None = None
    notice_amount_yuan: int | float | None = None
    collected_amount_yuan: int | float | None = None
    quote: str | None = None
    parts: tuple[int, ...] = ()
    at: Place | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One agency's report for one year, as the document prints it.

    `agency` is the name in the title, cleaned of blanks; `agency_source` says where it was
    found. `regime` is the form really used, told from labels; None if it cannot be told.
    `year` is the title's, `years_seen` what title, period and signature say.
    """

    agency: str | None
    year: int | None
    regime: Regime | None
    title: str | None = None
    agency_source: Literal["title", "signature", "preface", "site"] | None = None
    title_year: int | None = None
    signatory: str | None = None
    signed_on: str | None = None
    published_on: str | None = None
    sections: tuple[Section, ...] = ()
    tables: dict[str, Table | None] = msgspec.field(default_factory=dict)
    facts: tuple[Fact, ...] = ()
    fees: Fees = Fees(stated=False)
    passages: tuple[Passage, ...] = ()
    pictures: tuple[int, ...] = ()  # parts that hold a picture; 0 is the preface
    converted: bool = False  # a text copy of an original: faults of structure are not proved
    damaged: str | None = None  # why the text cannot be trusted (mojibake, missing pages)

    @property
    def damaged_en(self) -> str:
        """Why in English; it follows from the sentence recorded."""
        return english_of(self.damaged)

    def cell(self, path: str) -> Cell | None:
        """The cell at a full path such as `applications.new_received.total`."""
        name, _, rest = path.partition(".")
        table = self.tables.get(name)
        return table.cells.get(rest) if table else None


class Reason(msgspec.Struct, frozen=True):
    """Why a document is no report or cannot be read: a code and one sentence in each language.

    Where nobody wrote the English sentence, as in older facts, it is the one of the code.
    """

    code: str
    message: str
    message_en: str = ""

    def __post_init__(self) -> None:
        if not self.message_en:
            msgspec.structs.force_setattr(self, "message_en", ENGLISH.get(self.code, ""))


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """The result of reading bytes; `report` is set for status "report" only."""

    media: str
    status: Literal["report", "other_document", "unreadable"]
    reason: Reason | None = None
    report: Report | None = None
