"""Harmless habits of real reports: none of them may lead to an error or a warning."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from duban.samples.manuscript import Manuscript, Paragraph, Sentence

_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def full_width_numbers(paper: Manuscript, rng: Random) -> str:
    """Table 4 is filled with full-width digits."""
    for path in [path for path in paper.cells if path.startswith("disputes.")]:
        paper.cells[path] = paper.cells[path].translate(_FULL_WIDTH)
    return "表四数字为全角"


def unit_in_cell(paper: Manuscript, rng: Random) -> str:
    """A count carries its unit: at most a remark."""
    path = "disclosure.penalties.decisions"
    paper.cells[path] += "件"
    return "单元格内带单位“件”"


def chinese_year(paper: Manuscript, rng: Random) -> str:
    """The title writes the year in Chinese digits."""
    year = str(paper.year)
    paper.title = paper.title.replace(year, year.translate(_HAN_DIGITS))
    return "标题年份为汉字"


def headings_with_signs(paper: Manuscript, rng: Random) -> str:
    """Headings end in a colon and carry blanks."""
    for part in paper.parts:
        part.heading = f"{part.heading}："
    return "标题后有冒号"


def statement_beside_the_table(paper: Manuscript, rng: Random) -> str:
    """A true sentence stands between the heading of part 3 and its table."""
    new = int(paper.number("applications.new_received.total"))
    sentence = Sentence("本年新收政府信息公开申请{new_strict}件，数据见下表。", {"new_strict": new})
    part = next(part for part in paper.parts if part.part == 3)
    part.paragraphs.append(Paragraph([sentence]))
    return "表三之前有一句说明"


def another_year(paper: Manuscript, rng: Random) -> str:
    """Part 5 speaks of applications of the year before, with another number."""
    other = int(paper.number("applications.new_received.total")) + rng.randint(3, 20)
    template = "与{last}年相比，群众咨询量有所变化，去年接待来访{n1}人次。"
    sentence = Sentence(template, {"last": paper.year - 1, "n1": other})
    part = next(part for part in paper.parts if part.part == 5)
    part.paragraphs[-1].sentences.append(sentence)
    return "提到上一年数据"


def contents_before_the_parts(paper: Manuscript, rng: Random) -> str:
    """The preface lists the six parts line by line, as a table of contents."""
    lines = [Paragraph([Sentence(part.printed_heading(), {})]) for part in paper.parts]
    paper.preface = [Paragraph([Sentence("目录", {})]), *lines, *paper.preface]
    paper.auto_number = False
    return "正文前有目录"


ODDITIES: tuple[Callable[[Manuscript, Random], str], ...] = (
    full_width_numbers,
    unit_in_cell,
    chinese_year,
    headings_with_signs,
    statement_beside_the_table,
    another_year,
    contents_before_the_parts,
)


def add(paper: Manuscript, rng: Random) -> None:
    """Gives a report one harmless habit and notes it."""
    paper.oddities.append(rng.choice(ODDITIES)(paper, rng))
