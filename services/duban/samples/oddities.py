"""Harmless habits of real reports: none of them may lead to an error or a warning."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from duban.samples.manuscript import Manuscript, Paragraph, Sentence

_RARE_PLACES = ("\U0002cbbf家峪村、㙍坪社区", "䶮溪村、\U0002b4ef塘组", "㲿江坝、\U000200cc岭村")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_HAN_DIGITS = str.maketrans("0123456789", "〇一二三四五六七八九")


def full_width_numbers(paper: Manuscript, rng: Random) -> str | None:
    """Table 4 is filled with full-width digits."""
    for path in [path for path in paper.cells if path.startswith("disputes.")]:
        paper.cells[path] = paper.cells[path].translate(_FULL_WIDTH)
    return "表四数字为全角"


def unit_in_cell(paper: Manuscript, rng: Random) -> str | None:
    """A count carries its unit: at most a remark."""
    path = "disclosure.penalties.decisions"
    paper.cells[path] += "件"
    return "单元格内带单位“件”"


def chinese_year(paper: Manuscript, rng: Random) -> str | None:
    """The title writes the year in Chinese digits."""
    year = str(paper.year)
    paper.title = paper.title.replace(year, year.translate(_HAN_DIGITS))
    return "标题年份为汉字"


def headings_with_signs(paper: Manuscript, rng: Random) -> str | None:
    """Headings end in a colon and carry blanks."""
    for part in paper.parts:
        part.heading = f"{part.heading}："
    return "标题后有冒号"


def statement_beside_the_table(paper: Manuscript, rng: Random) -> str | None:
    """A true sentence stands between the heading of part 3 and its table."""
    new = int(paper.number("applications.new_received.total"))
    sentence = Sentence("本年新收政府信息公开申请{new_strict}件，数据见下表。", {"new_strict": new})
    part = next(part for part in paper.parts if part.part == 3)
    part.paragraphs.append(Paragraph([sentence]))
    return "表三之前有一句说明"


def another_year(paper: Manuscript, rng: Random) -> str | None:
    """Part 5 speaks of applications of the year before, with another number."""
    other = int(paper.number("applications.new_received.total")) + rng.randint(3, 20)
    template = "与{last}年相比，群众咨询量有所变化，去年接待来访{n1}人次。"
    sentence = Sentence(template, {"last": paper.year - 1, "n1": other})
    part = next(part for part in paper.parts if part.part == 5)
    part.paragraphs[-1].sentences.append(sentence)
    return "提到上一年数据"


def contents_before_the_parts(paper: Manuscript, rng: Random) -> str | None:
    """The preface lists the six parts line by line, as a table of contents."""
    lines = [Paragraph([Sentence(part.printed_heading(), {})]) for part in paper.parts]
    paper.preface = [Paragraph([Sentence("目录", {})]), *lines, *paper.preface]
    paper.auto_number = False
    return "正文前有目录"


def _requests(paper: Manuscript) -> tuple[Sentence, str] | None:
    """The plain sentence on applications, and the slot of their number."""
    for _, _, sentence in paper.sentences():
        if sentence.topic == "requests_simple" and "{channel1}" not in sentence.template:
            return sentence, "received" if "received" in sentence.slots() else "new_strict"
    return None


def number_in_characters(paper: Manuscript, rng: Random) -> str | None:
    """The number of applications is written in Chinese characters."""
    found = _requests(paper)
    if found is None or not 2 <= int(found[0].values[found[1]]) <= 99:
        return None
    sentence, slot = found
    words = _in_characters(int(sentence.values[slot]))
    sentence.template = "全年共收到政府信息公开申请" + words + "件，均依法依规办理。"
    sentence.values = {"received": sentence.values[slot]}
    sentence.implies = {"received": "received"}
    return "申请数量用汉字书写"


def _in_characters(number: int) -> str:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if not tens else ("十" if tens == 1 else digits[tens] + "十")
    return head + (digits[ones] if ones else "")


def about_so_many(paper: Manuscript, rng: Random) -> str | None:
    """The number of applications is rounded up and called 近."""
    found = _requests(paper)
    if found is None or int(found[0].values[found[1]]) < 210:
        return None
    sentence, slot = found
    sentence.values[slot] = -(-int(sentence.values[slot]) // 10) * 10
    sentence.template = sentence.template.replace(f"{{{slot}}}件", f"近{{{slot}}}件")
    return "申请数量为约数"


def cases_of_its_trade(paper: Manuscript, rng: Random) -> str | None:
    """The body speaks of the reconsiderations it decides, which are not about disclosure."""
    template = "履行复议职责方面，全年办理各类行政复议案件{n1}件，主要涉及土地、治安等领域。"
    paper.parts[0].paragraphs.append(Paragraph([Sentence(template, {"n1": rng.randint(20, 90)})]))
    return "提到本单位办理的复议案件"


def rare_characters(paper: Manuscript, rng: Random) -> str | None:
    """Names of places with characters that GBK lacks: four bytes in GB18030."""
    template = f"{rng.choice(_RARE_PLACES)}等地的政务公开栏更新不够及时。"
    paper.parts[4].paragraphs.append(Paragraph([Sentence(template, {})]))
    return "地名含生僻字"


ODDITIES: tuple[Callable[[Manuscript, Random], str | None], ...] = (
    full_width_numbers,
    unit_in_cell,
    chinese_year,
    headings_with_signs,
    statement_beside_the_table,
    another_year,
    contents_before_the_parts,
    number_in_characters,
    about_so_many,
    cases_of_its_trade,
    rare_characters,
)
# A font of the pdfs has no glyphs for them.
_NOT_IN_PDF = frozenset({rare_characters})


def add(paper: Manuscript, rng: Random, *, in_pdf: bool = False) -> None:
    """Gives a report one harmless habit it has room for, and notes it."""
    for oddity in rng.sample(ODDITIES, len(ODDITIES)):
        if in_pdf and oddity in _NOT_IN_PDF:
            continue
        note = oddity(paper, rng)
        if note is not None:
            paper.oddities.append(note)
            return
