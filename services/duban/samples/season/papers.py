"""The reports of a season's agencies: true ones, ones with an error, ones that cannot be read."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Literal

from duban.domain.form import APPLICANTS
from duban.samples.chance import chance
from duban.samples.composing import Habits, compose
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript
from duban.samples.render.page import PageStyle, html_bytes
from duban.samples.roster import Entry
from duban.samples.season.plan import Document

Break = Literal["total", "column", "stock"]
"""What does not follow from the year before: all carried over, by applicant, documents in force."""

_WRONG_CELL = "disputes.reconsideration.total"
UNREADABLE = Document(data=b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", paper=None)


@dataclass
class Author:
    """Writes one agency's reports, one year after the other."""

    entry: Entry
    rng: Random
    habits: Habits
    stock: Stock

    @classmethod
    def of(cls, seed: int, entry: Entry) -> Author:
        """The author of an agency, the same for the same seed."""
        rng = chance(seed, f"season {entry.code}")
        return cls(entry, rng, Habits.draw(rng), Stock(in_force=rng.randint(0, 40)))

    def break_off(self, what: Break) -> None:
        """Let the next report not follow from the last one."""
        carried = self.stock.carried
        first, second = APPLICANTS[0].field, APPLICANTS[1].field
        if what == "total":
            carried[first] += 3
        elif what == "stock":
            self.stock.in_force += 9
        elif carried[first]:
            carried[first], carried[second] = carried[first] - 1, carried[second] + 1

    def write(self, year: int) -> Manuscript:
        """The report of the next year, without any error."""
        return compose(self.rng, self.entry, year, self.habits, self.stock)


def dated(paper: Manuscript, on: date, *, prints: bool, signs: bool) -> Manuscript:
    """The report as posted on a day: printing that day or not, signed the day before or not."""
    day = on - timedelta(days=1) if signs else None
    return replace(
        paper,
        published_on=on.isoformat() if prints else "",
        signature=[paper.agency.name, f"{day.year}年{day.month}月{day.day}日"] if day else [],
        signed_on=day.isoformat() if day else None,
    )


def document(paper: Manuscript, rng: Random) -> Document:
    """The report as a web page."""
    prints = bool(paper.published_on)
    head = f'<meta name="PubDate" content="{paper.published_on} 09:30">\n' if prints else ""
    style = replace(PageStyle.draw(rng), meta=prints)
    return Document(data=html_bytes(paper, style, site=paper.agency.name, head=head), paper=paper)


def spoilt(clean: Document, rng: Random) -> Document:
    """The same report with a total in table 4 that is not the sum of its row."""
    if clean.paper is None:
        return clean
    paper = deepcopy(clean.paper)
    paper.cells[_WRONG_CELL] = str(int(paper.number(_WRONG_CELL)) + 7)
    return replace(document(paper, rng), has_error=True)
