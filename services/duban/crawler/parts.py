"""The parts of a column behind links of its own: a page a year, a page for each kind of agency."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from duban.crawler.markup import Markup
from duban.domain.text import normal

_AROUND = r"[>›»▶·]*(?:{})(?:\(\d+\))?[>›»]*"
_HAN = "[〇零○O0一二三四五六七八九]"
_YEAR = re.compile(
    _AROUND.format(
        rf"(?:20\d\d|二{_HAN}{{3}})(?:年度?)?(?:政府信息公开)?(?:工作)?(?:年度(?:工作)?报告|年报|报告)?"
        r"|(?:历年|往年|以往|历史|以前年度)(?:政府信息公开)?(?:工作)?(?:年度(?:工作)?报告|年报|报告)?"
    )
)
_KIND = re.compile(
    _AROUND.format(
        r"(?:市|区|县|旗)?(?:本级)?(?:人民)?政府(?:本级)?(?:办公?室)?(?:年报)?"
        r"|(?:(?:市|区|县|旗)?(?:级|直|属)?(?:人民)?(?:政府)?(?:工作)?(?:部门|机关|单位))+(?:年报)?"
        r"|(?:各?(?:乡镇|镇街|街镇|镇乡|街道|乡|镇)[、/(]?)+(?:办事处)?\)?(?:人民政府)?(?:年报)?"
        r"|(?:垂直管理|双重管理|驻[市区县旗])(?:部门|机关|单位)(?:年报)?"
    )
)
_FRONT = re.compile(r"/(?:(?:index|list|default)\w*\.\w{2,5})?$", re.IGNORECASE)


def parts_of(page: Markup) -> tuple[str, ...]:
    """The addresses of a column's further list pages that are no next page, in order.

    Years may lie beside the column, kinds of agencies only below it: elsewhere words like
    “部门” lead to all the rest of a portal.
    """
    folder = urlsplit(page.url).path.rpartition("/")[0] + "/"
    beside = folder.rstrip("/").rpartition("/")[0] + "/"
    found: dict[str, None] = {}
    for link in (*page.links, *page.options):
        words = normal(link.text)
        within = beside if _YEAR.fullmatch(words) else folder if _KIND.fullmatch(words) else None
        parts = urlsplit(link.url)
        is_here = parts.netloc == urlsplit(page.url).netloc
        if within is not None and is_here and parts.path.startswith(within):
            found[link.url] = None
    found.pop(page.url, None)
    return tuple(found)


def hides_parts(page: Markup) -> bool:
    """Whether the page names years or kinds of agencies that only a script can open."""
    words = [normal(text) for text in page.scripted]
    return any(_YEAR.fullmatch(text) or _KIND.fullmatch(text) for text in words)


def is_front(url: str) -> bool:
    """Whether an address looks like that of a list page: a folder, or its index."""
    return _FRONT.search(urlsplit(url).path) is not None
