"""Whose report for which year: the title and, where it is silent, what else the document says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from duban.domain.document import Document
from duban.reading.dates import FULL, YEAR, iso, year_of
from duban.reading.flow import GridMark, Item, Line

KIND = re.compile(
    r"(?:政府信息|信息|政务)(?:与政务|和政务)?公开(?:工作)?(?:的)?(?:年度)?(?:工作)?(?:情况)?(?:年度)?(?:的)?"
    r"(?:报告|年报)(?:\([^)]{0,12}\))?$"
)
_KIND_SEARCH = re.compile(KIND.pattern.removesuffix("$"))
_PERIOD = re.compile(
    r"统计(?:数据)?的?(?:期限|时限|周期|时间|区间)\D{0,8}(?P<year>(?:19|20)[0-9]{2})年1月1日"
)
_LABELLED = re.compile(
    r"(?:标题|名称|题名|单位|来源|来源单位|发布机构|索引号|主题词|关键词|文号)[:：]"
)
_SENTENCE = re.compile(r"[。；，：;,:!?！？]")
_SUFFIX = re.compile(
    r".+(?:政府|办公厅|办公室|办公会|委员会|局|厅|委|院|部|处|中心|街道|办事处|镇|乡|管委会|开发区|园区"
    r"|景区|支队|总队|大队|站|所|社|会|馆|集团|公司|学校|银行|办|县|市|区|省|旗|团|场|署|苏木)(?:\(.{1,30}\))?"
)
_EDGES = "《》“”\"'〈〉【】[]-—_|·•"
_BEFORE_SITE = ("", *"-_—–|·>»([【》")
_LONGEST = 60
_LONGEST_TAIL = 15
_LARGEST_LABEL_TABLE = 60
_LONGEST_META = 120
_PUBLISHED_KEYS = (
    "pubdate", "publishdate", "publish_date", "publishtime", "firstpublishedtime",
    "article:published_time", "dc.date.issued", "dcterms.issued", "dc.date",
)  # fmt: skip
_PUBLISHED = re.compile(
    r"(?:发布日期|发布时间|公开日期|公开时间|公布日期|公布时间|发文日期)[:：]?\s*"
)
_PUBLISHER = re.compile(r"(?:发布机构|公开机构|发文机关|信息来源)")

Source = Literal["title", "signature", "preface", "site"]


class Title(NamedTuple):
    """A title without blanks, and the agency and year it names; `line` is its place in the flow.

    `joined` says that lines above were taken for its beginning.
    """

    text: str
    agency: str | None
    year: int | None
    line: int
    joined: bool = False


class Signature(NamedTuple):
    """Who signed the report and on which ISO date, as far as it says."""

    who: str | None
    on: str | None


def compact(text: str) -> str:
    """A name without blanks and invisible characters, otherwise as printed."""
    return re.sub(r"[\s\u200b-\u200d\ufeff\u00ad]+", "", text)


def take_apart(title: str, line: int = -1) -> Title:
    """Agency and year of a title in one of the usual orders; the kind words are dropped."""
    printed = compact(title)
    plain = unicodedata.normalize("NFKC", printed)
    if len(plain) != len(printed):
        printed = plain
    kind = _KIND_SEARCH.search(plain)
    end = kind.end() if kind else len(plain)
    front = kind.start() if kind else len(plain)
    year = YEAR.search(plain, 0, end)
    if year and year.start() < front:
        rest = re.sub(r"^年?度?", "", printed[year.end() : front])
        name = printed[: year.start()] + rest
    else:
        name = printed[:front]
    name = re.sub(r"^关于(?:公布|发布|印发)?|(?:关于|的)$|[(（]试行[)）]", "", name.strip(_EDGES))
    number = year_of(year["year"]) if year else None
    return Title(printed[:end].strip("《》"), name.strip(_EDGES) or None, number, line)


def is_agency(text: str) -> bool:
    """Whether a whole line reads like the name of a body."""
    plain = unicodedata.normalize("NFKC", compact(text))
    return 3 <= len(plain) <= 40 and not _SENTENCE.search(plain) and bool(_SUFFIX.fullmatch(plain))


def titles(items: Sequence[Item]) -> list[Title]:
    """Every line of the flow that is a report's title, with the lines it continues."""
    found = []
    for index, item in enumerate(items):
        if isinstance(item, Line) and (title := _title_at(items, index, item)):
            found.append(title)
    return found


def _title_at(items: Sequence[Item], index: int, line: Line) -> Title | None:
    """The title that ends on this line, perhaps in the middle of a word."""
    if len(line.text) > 2 * _LONGEST or (len(line.text) > _LONGEST_TAIL and "报" not in line.text):
        return None
    text, first = compact(line.text).strip("《》【】"), index
    before = items[index - 1] if index else None
    if len(text) <= _LONGEST_TAIL and not _is_kind(text) and isinstance(before, Line):
        text, first = compact(before.text) + text, index - 1
    if len(text) > _LONGEST or _LABELLED.match(text) or not _is_kind(text):
        return None
    title = take_apart(text, index)
    for back in range(1, 4):
        if title.agency and title.year:
            break
        before = items[first - back] if first >= back else None
        if not isinstance(before, Line) or not _may_begin_title(before.text):
            break
        title = take_apart(compact(before.text) + title.text, index)._replace(joined=True)
    return title if title.year or title.agency or "年" in title.text else None


def _is_kind(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return not _SENTENCE.search(plain) and bool(KIND.search(plain))


def _may_begin_title(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", compact(text))
    if len(plain) > 40 or _SENTENCE.search(plain) or KIND.search(plain) or _LABELLED.match(plain):
        return False
    return (
        is_agency(plain) or bool(YEAR.search(plain)) or bool(re.fullmatch(r"20\d\d年?度?", plain))
    )


def title_of(document: Document, found: Sequence[Title], first_part: int | None) -> Title | None:
    """The title: the fullest line, nearest above the first part, else the document's own title."""
    lines = [title for title in found if first_part is None or title.line < first_part]
    best = max(lines, key=lambda t: (bool(t.agency) + bool(t.year), t.line), default=None)
    own = [document.title, document.meta.get("ArticleTitle")]
    named = [take_apart(text) for text in own if text and _names_report(text)]
    fuller = next((title for title in named if title.agency and title.year), None)
    if best is None:
        return fuller or (named[0] if named else None)
    if fuller and not best.agency and best.year in (None, fuller.year):
        return best._replace(agency=fuller.agency, year=best.year or fuller.year)
    if fuller and best.joined and document.media == "html" and fuller.year == best.year:
        return fuller._replace(line=best.line)  # what stood above was the site's name
    return best


def _names_report(text: str) -> bool:
    """Whether a page's title is a report's title, at most with the site's name after it."""
    plain = unicodedata.normalize("NFKC", compact(text))
    kind = _KIND_SEARCH.search(plain)
    return kind is not None and plain[kind.end() : kind.end() + 1] in _BEFORE_SITE


def signature_of(items: Sequence[Item], last_part: int | None) -> Signature:
    """The signing body and date at the end of the report: whole lines below the last part."""
    if last_part is None:
        return Signature(None, None)
    lines = [item for item in items[last_part + 1 :] if isinstance(item, Line)]
    for index in range(len(lines) - 1, -1, -1):
        text = unicodedata.normalize("NFKC", compact(lines[index].text)).strip("()")
        match = FULL.search(text)
        if match is None or match.end() != len(text):
            continue
        signed = iso(match)
        if signed is None:
            continue
        who = text[: match.start()]
        if who and is_agency(who):
            return Signature(who, signed)
        if not who:
            before = compact(lines[index - 1].text).strip("()（）") if index else ""
            return Signature(before if is_agency(before) else None, signed)
    last = compact(lines[-1].text) if lines else ""
    full_name = is_agency(last) and re.search(r"(?:政府|局|委员会|办公[室厅]|办事处|管委会)$", last)
    return Signature(last if full_name else None, None)


def published_on(document: Document, items: Sequence[Item]) -> str | None:
    """The day of publication that the page itself states; never the day it was fetched."""
    meta = {key.lower(): value for key, value in document.meta.items()}
    for key in _PUBLISHED_KEYS:
        if found := iso(FULL.search(meta.get(key, ""))):
            return found
    for item in items:
        if isinstance(item, Line):
            label = _PUBLISHED.search(item.text) if len(item.text) <= _LONGEST_META else None
            if label and (found := iso(FULL.match(item.text, label.end()))):
                return found
        elif isinstance(item, GridMark) and (day := iso(FULL.match(_beside(item, _PUBLISHED)))):
            return day
    return None


def _beside(mark: GridMark, label: re.Pattern[str]) -> str:
    """The text of the cell to the right of a label cell, empty where there is none."""
    if len(mark.grid.cells) > _LARGEST_LABEL_TABLE:
        return ""
    for row in mark.grid.rows():
        for cell, following in pairwise(row):
            if label.fullmatch(compact(cell.text)):
                return following.text.strip()
    return ""


def period_year(texts: Sequence[str]) -> int | None:
    """The year of the stated period of the statistics (统计期限)."""
    for text in texts:
        match = _PERIOD.search(unicodedata.normalize("NFKC", compact(text)))
        if match:
            return int(match["year"])
    return None


def agency_of(
    title: Title | None, signature: Signature, document: Document, items: Sequence[Item]
) -> tuple[str | None, Source | None]:
    """The agency and where its name was found."""
    if title and title.agency:
        return title.agency, "title"
    if signature.who:
        return signature.who, "signature"
    meta = document.meta
    named = next((meta[key] for key in ("ContentSource", "Source", "Author") if key in meta), None)
    if named is None:
        marks = (item for item in items if isinstance(item, GridMark))
        named = next((text for mark in marks if (text := _beside(mark, _PUBLISHER))), None)
    if named and is_agency(named):
        return compact(named), "site"
    return None, None
