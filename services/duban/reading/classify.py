"""What a document is: a report, something else, or nothing that can be read."""

from __future__ import annotations

import re
from typing import Literal

from duban.domain.document import Document, Grid, Paragraph, Picture
from duban.domain.report import Reason
from duban.reading.flow import Line
from duban.reading.report import Findings

Verdict = tuple[Literal["other_document", "unreadable"], Reason]

_SHORT = 600
_HARDLY = 100
_LEAST_READABLE = 0.6
_MOST_LOST = 0.3
_LIST = 3
_ERROR = re.compile(
    r"(?:^|\D)(?:40[0134]|50[0234])(?:\D|$)|Not Found|Forbidden|Access Denied|Bad Gateway|WAF"
    r"|页面不存在|找不到|无法访问|不存在或已|已被?删除|访问(?:被|受)|拒绝访问|请求已?被|拦截|安全威胁|非法请求|安全(?:防护|验证|拦截)|服务器(?:错误|繁忙)|验证码",
    re.IGNORECASE,
)
_OTHER_KIND = re.compile(r"法治政府建设|网站工作年度")
_PLACEHOLDER = re.compile(r"[XＸ×]{2,}|_{3,}|[（(]文字描述[^）)]*[）)]|某某")
_LITTLE_PROSE = 200
_FIRST_LINES = 5
_TITLE_LENGTH = 40


def classify(found: Findings) -> Verdict | None:
    """None for a report of one agency and one year, complete or not; else what it is instead."""
    text = found.text
    if not found.headings and not any(found.tables.tables.values()):
        bare = _without_structure(found, text)
        if bare:
            return bare
    if several := _several(found):
        return several
    if _unfilled(found, text):
        return _other(
            "unfilled_template",
            "这是未填写的年度报告格式模板（表格全部空白或仍为占位文字），请提交填写完成的报告。",
        )
    if _is_report(found, text):
        return None
    return _other("not_a_report", _not_a_report(found))


def _other(code: str, message: str, english: str = "") -> Verdict:
    return "other_document", Reason(code, message, english)


def _unreadable(code: str, message: str) -> Verdict:
    return "unreadable", Reason(code, message)


def _without_structure(found: Findings, text: str) -> Verdict | None:
    """A document without one heading or table of the form may be no document at all."""
    document = found.document
    words = len(re.sub(r"\s+", "", text))
    pictures = any(isinstance(block, Picture) for block in document.blocks)
    pages, readable = document.pages or 0, document.pages_with_text or 0
    if text.count("\ufffd") > _MOST_LOST * words:
        return _unreadable(
            "unknown_encoding",
            "无法确定文件的文字编码，没有读出文字：请另存为 UTF-8 编码，或提供 .docx、文字版 PDF。",
        )
    if (words < _HARDLY and pictures) or (words < _SHORT and readable < _LEAST_READABLE * pages):
        return _unreadable(
            "scanned", "文件只有图片、没有文字（扫描件或截图），请提交带文字的原始文件。"
        )
    if words < _HARDLY and document.media == "html" and not found.document.links:
        if _ERROR.search(text) or _ERROR.search(document.title or ""):
            return _other("error_page", _ERROR_PAGE)
        if _has_table(document):
            return None
        return _other(
            "script_only_page", "网页内容由脚本加载，页面本身没有正文，请下载报告文件后再检查。"
        )
    if not words and not any(isinstance(block, Paragraph) for block in document.blocks):
        return _unreadable("empty", "文件中没有任何内容，请检查是否上传了正确的文件。")
    listed = {
        title for title, _ in document.links if re.search(r"信息公开.*(?:年度报告|年报)", title)
    }
    if len(listed) >= _LIST and not _has_body(found, text):
        return _other(
            "list_page",
            f"这是列有{len(listed)}份年度报告的目录页，不是报告本身，请打开具体报告。",
            f"This page lists {len(listed)} annual reports and is none itself: please open one.",
        )
    if words < _SHORT and (_ERROR.search(text) or _ERROR.search(document.title or "")):
        return _other("error_page", _ERROR_PAGE)
    return None


def _has_table(document: Document) -> bool:
    return any(
        isinstance(block, Grid) and any(cell.text.strip() for cell in block.cells)
        for block in document.blocks
    )


_ERROR_PAGE = "这是网站返回的错误或拦截页面，不是报告，请确认网址后重新获取。"


def _parts(found: Findings) -> int:
    return len({heading.part for heading in found.headings if heading.part})


def _numbers(found: Findings) -> int:
    tables = (table for table in found.tables.tables.values() if table)
    return sum(cell.kind == "number" for table in tables for cell in table.cells.values())


def _is_report(found: Findings, text: str) -> bool:
    if _numbers(found) or _parts(found) >= 3:
        return True
    if found.title is None or _OTHER_KIND.search(found.title.text):
        return False
    return _parts(found) > 0 or any(found.tables.tables.values()) or _has_body(found, text)


def _has_body(found: Findings, text: str) -> bool:
    """Whether sentences about disclosure follow a title that is no link to somewhere else."""
    title = found.title
    if title is None or not (title.agency or title.year):
        return False
    linked = {re.sub(r"\s+", "", words) for words, _ in found.document.links}
    after = text[text.find(title.text[-8:]) + 1 :] if title.line >= 0 else text
    return title.text not in linked and after.count("。") >= 3 and after.count("信息公开") >= 2


def _several(found: Findings) -> Verdict | None:
    """Two titles of different reports, each followed by parts or tables of its own."""
    named = [title for title in found.titles if title.agency and title.year]
    places = [
        heading.candidate.place for heading in found.headings if heading.part or heading.repeats
    ]
    reports: list[tuple[str | None, int | None]] = []
    for number, title in enumerate(named):
        end = named[number + 1].line if number + 1 < len(named) else len(found.items)
        if sum(title.line < place < end for place in places) >= 2:
            reports.append((title.agency, title.year))
    if len(set(reports)) < 2:
        return None
    names = "、".join(f"{agency}{year}年" for agency, year in dict.fromkeys(reports))
    return _other(
        "several_reports",
        f"一个文件中有多份年度报告（{names}），请拆分后逐份检查。",
        f"The file holds several annual reports ({names}): please split it and check each.",
    )


def _unfilled(found: Findings, text: str) -> bool:
    """A blank form: no number in any table, and words of a template or hardly any prose."""
    if _numbers(found):
        return False
    tables = any(found.tables.tables.values())
    title = found.title.text if found.title else ""
    first = [line for line in text.split("\n")[:_FIRST_LINES] if len(line) <= _TITLE_LENGTH]
    marked = bool(_PLACEHOLDER.search(title) or re.search("模[板版]|样[表式]", "".join(first)))
    headings = {heading.candidate.line.text for heading in found.headings}
    lines = (line for line in text.split("\n") if line not in headings)
    prose = _PLACEHOLDER.sub("", "".join(lines)).replace(title, "")
    little = len(re.sub(r"\s+", "", prose)) < _LITTLE_PROSE
    if tables:
        return marked or (little and (bool(_PLACEHOLDER.search(text)) or not _named(found)))
    return _parts(found) >= 3 and marked and little


def _named(found: Findings) -> bool:
    return bool(found.title and found.title.agency and found.title.year)


def _not_a_report(found: Findings) -> str:
    lines = [item.text for item in found.items if isinstance(item, Line)]
    shown = next((line for line in lines if 6 <= len(line) <= 60), found.document.title or "")
    about = f"（“{shown.strip()}”）" if shown else ""
    return f"这不是政府信息公开工作年度报告{about}：没有找到报告的标题、法定部分或统一格式的表格。"
