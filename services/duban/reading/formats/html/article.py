"""Tells the article from the site around it, by content; what is in doubt stays article.

Nothing is dropped: paragraphs outside the article are marked as furniture.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from lxml import etree
from msgspec.structs import replace

from duban.domain.document import Block, Grid, Paragraph
from duban.reading.formats.html.flow import Drawn

_LEAST_CONTENT = 3  # blocks; a page with fewer is no article to be found
_PROSE_CHARACTERS = 40
_ORDINAL = re.compile(r"[一二三四五六七]、\S")
_TITLE = re.compile(r"20\d\d\s*年")
_REPORT = re.compile("年度报告|年报")
_SITE = re.compile(
    "版权所有|网站标识码|ICP备|公网安备|技术支持|主办单位|承办单位|网站地图|浏览器|您是第|访问量"
)
_BUTTON = (
    "打印(?:本页|此页|页面)?|关闭(?:窗口|本页|页面)?|收藏(?:本页)?|分享(?:到)?|返回(?:顶部|首页|列表|上页)?|"
    "字[体号]|[大中小]|扫一扫.{0,20}|无障碍|适老化|纠错|保存"
)
_CONTROL = re.compile(
    rf"[\W_]*(?:(?:{_BUTTON})[\W_]*)+"
    r"|[\W_]*(?:[上下]一[篇条页][\s：:]|您?(?:当前|现在)?(?:所在)?的?位置[\s：:]|首页\s*[>＞»]|浏览次数)[^。]{0,80}"
)
_DATE = re.compile(r"\D{0,4}20\d\d\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日\D{0,4}")
_LONGEST_CONTROL = 100  # characters
_LINES_OF_SIGNATURE = 4
_LEAST_LINK_RUN = 3
_LINKED_SENTENCE_CHARACTERS = 25


def without_furniture(drawn: Sequence[Drawn]) -> tuple[Block, ...]:
    """The blocks in order, those of the site around the article marked as furniture."""
    if any(map(_is_linked_sentence, drawn)):
        # A link that is never closed runs over the whole article.
        drawn = [item._replace(linked=0) for item in drawn]
    first, last = _article(drawn)
    in_link_run = _link_runs(drawn)
    blocks: list[Block] = []
    for number, item in enumerate(drawn):
        block = item.block
        outside = not first <= number <= last
        if isinstance(block, Paragraph) and (
            outside or number in in_link_run or _is_control(block)
        ):
            block = replace(block, furniture=True)
        blocks.append(block)
    return tuple(blocks)


def _article(drawn: Sequence[Drawn]) -> tuple[int, int]:
    """First and last block of the smallest element that holds all content and the title."""
    whole = (0, len(drawn) - 1)
    content = [number for number, item in enumerate(drawn) if _is_content(item)]
    if len(content) < _LEAST_CONTENT:
        return whole
    start = _title_before(drawn, content[0])
    around = _common_ancestor(drawn[start].element, drawn[content[-1]].element)
    if around is None:
        return whole
    first, last = start, content[-1]
    while first > 0 and _is_within(drawn[first - 1].element, around):
        first -= 1
    while last + 1 < len(drawn) and _is_within(drawn[last + 1].element, around):
        last += 1
    return first, _signature_after(drawn, _under_heading(drawn, last))


def _is_content(item: Drawn) -> bool:
    block = item.block
    if isinstance(block, Grid):
        if item.linked and item.linked * 2 > sum(len(cell.text) for cell in block.cells):
            return False
        return block.height > 1 and block.width > 1
    if not isinstance(block, Paragraph) or item.linked * 2 > len(block.text):
        return False
    if _SITE.search(block.text):
        return False
    long = len(block.text) >= _PROSE_CHARACTERS and "。" in block.text
    return long or _ORDINAL.match(block.text) is not None


def _title_before(drawn: Sequence[Drawn], content: int) -> int:
    """The nearest line before the content that names a report and its year, if there is one."""
    for number in range(content - 1, -1, -1):
        block = drawn[number].block
        if not isinstance(block, Paragraph) or drawn[number].linked * 2 > len(block.text):
            continue
        if _TITLE.search(block.text) and _REPORT.search(block.text):
            return number
    return content


def _under_heading(drawn: Sequence[Drawn], last: int) -> int:
    """Where the article would end in a heading, the line under it ("无。") belongs to it."""
    heading = drawn[last].block
    if last + 1 >= len(drawn) or not isinstance(heading, Paragraph):
        return last
    if not _ORDINAL.match(heading.text) or len(heading.text) >= _PROSE_CHARACTERS:
        return last
    under = drawn[last + 1].block
    if not isinstance(under, Paragraph) or drawn[last + 1].linked or _SITE.search(under.text):
        return last
    return last + 1


def _signature_after(drawn: Sequence[Drawn], last: int) -> int:
    """A date line shortly after the article is its signature, wherever the page puts it."""
    for number in range(last + 1, min(last + 1 + _LINES_OF_SIGNATURE, len(drawn))):
        block = drawn[number].block
        if not isinstance(block, Paragraph) or drawn[number].linked:
            return last
        if _DATE.fullmatch(block.text):
            return number
    return last


def _common_ancestor(one: etree._Element, other: etree._Element) -> etree._Element | None:
    ancestors = {one, *one.iterancestors()}
    for element in (other, *other.iterancestors()):
        if element in ancestors:
            return element
    return None


def _is_within(element: etree._Element, around: etree._Element) -> bool:
    return element is around or any(above is around for above in element.iterancestors())


def _link_runs(drawn: Sequence[Drawn]) -> set[int]:
    """Positions of at least three neighbouring paragraphs that are links and nothing else."""
    found: set[int] = set()
    run: list[int] = []
    for number, item in enumerate([*drawn, None]):
        if item is not None and isinstance(item.block, Paragraph) and _is_link(item, item.block):
            run.append(number)
            continue
        if len(run) >= _LEAST_LINK_RUN:
            found.update(run)
        run = []
    return found


def _is_linked_sentence(item: Drawn) -> bool:
    block = item.block
    if not isinstance(block, Paragraph) or not _is_link(item, block):
        return False
    return len(block.text) >= _LINKED_SENTENCE_CHARACTERS and "。" in block.text


def _is_link(item: Drawn, paragraph: Paragraph) -> bool:
    return item.linked * 10 >= len(paragraph.text) * 9


def _is_control(paragraph: Paragraph) -> bool:
    return len(paragraph.text) <= _LONGEST_CONTROL and bool(_CONTROL.fullmatch(paragraph.text))
