"""Figures become a manuscript: cells as printed, parts, headings, sentences that agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from duban.domain.form import regime_of
from duban.samples.data import load
from duban.samples.figures import Figures, Stock, draw
from duban.samples.manuscript import Manuscript, Paragraph, Part
from duban.samples.prose import Writer
from duban.samples.roster import Entry

_SUB_STYLES = ("（{}）", "（{}）", "{}.", "")
_HAN = "一二三四五六七八九"


@dataclass(frozen=True)
class Habits:
    """How one agency writes its reports, year after year."""

    title: str
    headings: dict[int, str]
    sub_style: str
    sub_inline: bool
    signs: bool
    thousands: bool
    auto_number: bool

    @classmethod
    def draw(cls, rng: Random) -> Habits:
        """Habits of one agency."""
        words = load("wording")
        return cls(
            title=rng.choice(words["titles"]),
            headings={part: rng.choice(words["headings"][part]) for part in range(1, 7)},
            sub_style=rng.choice(_SUB_STYLES),
            sub_inline=rng.random() < 0.4,
            signs=rng.random() < 0.5,
            thousands=rng.random() < 0.25,
            auto_number=rng.random() < 0.4,
        )


def compose(rng: Random, entry: Entry, year: int, habits: Habits, stock: Stock) -> Manuscript:
    """One true report: every table balances and every sentence agrees with the tables."""
    form = regime_of(year)
    figures = draw(rng, entry.size, entry.agency.kind, form, stock)
    writer = Writer(rng, entry, year, form, figures)
    title = habits.title.format(agency=entry.agency.name, year=year)
    posted = _posted(rng, entry, year)
    signed = posted - timedelta(days=rng.randint(0, 3)) if habits.signs else None
    return Manuscript(
        agency=entry.agency,
        year=year,
        form=form,
        title=title,
        preface=writer.preface(),
        parts=_parts(writer, habits),
        cells=printed_cells(figures, habits.thousands),
        signature=_signature(entry, signed),
        signed_on=signed.isoformat() if signed else None,
        published_on=posted.isoformat(),
        auto_number=habits.auto_number,
        sub_rows=figures.sub_rows,
    )  # fmt: skip


def _signature(entry: Entry, signed: date | None) -> list[str]:
    return [entry.agency.name, f"{signed.year}年{signed.month}月{signed.day}日"] if signed else []


def printed_cells(figures: Figures, thousands: bool) -> dict[str, str]:
    """The printed text of every cell by full path."""
    cells: dict[str, str] = {}
    for path, value in figures.disclosure.items():
        cells[f"disclosure.{path}"] = _printed(path, value, thousands)
    cells |= {f"applications.{path}": str(value) for path, value in figures.applications.items()}
    cells |= {f"disputes.{path}": str(value) for path, value in figures.disputes.items()}
    return cells


def _printed(path: str, value: int | float, thousands: bool) -> str:
    if path.endswith("items_change"):
        return f"{value:+d}" if value else "0"
    if path == "procurement.amount_wan":
        return f"{value:.4f}" if value else "0"
    if isinstance(value, float):
        return repr(value)
    return f"{value:,}" if thousands else str(value)


def _posted(rng: Random, entry: Entry, year: int) -> date:
    if entry.agency.kind == "county_gov":
        return date(year + 1, 2, 15) + timedelta(days=rng.randint(0, 40))
    return date(year + 1, 1, 6) + timedelta(days=rng.randint(0, 24))


def _parts(writer: Writer, habits: Habits) -> list[Part]:
    bodies = {
        1: subheaded(writer.general(), habits),
        5: writer.problems(),
        6: writer.others(),
    }
    tables = {2: "disclosure", 3: "applications", 4: "disputes"}
    return [
        Part(k, habits.headings[k], k, bodies.get(k, []), tables.get(k))  # type: ignore[arg-type] # names of TableName
        for k in range(1, 7)
    ]


def subheaded(paragraphs: list[Paragraph], habits: Habits) -> list[Paragraph]:
    """Part 1 with its sub-headings in the agency's style, or without any."""
    for number, paragraph in enumerate(paragraphs):
        if not habits.sub_style:
            paragraph.subhead = ""
            continue
        digit = str(number + 1) if habits.sub_style == "{}." else _HAN[number]
        paragraph.subhead = habits.sub_style.format(digit) + paragraph.subhead
        paragraph.subhead_inline = habits.sub_inline
    return paragraphs
