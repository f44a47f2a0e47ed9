"""From an announced report to its bytes: the page itself, or a file it offers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from urllib.parse import unquote, urlsplit

import msgspec

from duban.crawler.address import BlockedError
from duban.crawler.listing import Announced
from duban.crawler.markup import Link, Markup, date_in, take_apart
from duban.crawler.parts import is_front
from duban.crawler.title import agency_in, is_report, year_in
from duban.domain.agency import Agency
from duban.domain.text import normal
from duban.errors import FetchError
from duban.ports import Fetcher, Page
from duban.reading.sniff import sniff

#: Kinds of files a report comes in, the one that is read best first.
ENDINGS = (".docx", ".pdf", ".doc", ".wps", ".rtf", ".odt", ".ofd", ".xlsx", ".txt", ".md", ".zip")
_REFUSED = (401, 403, 407, 412, 429, 451)
_PARTS = (
    "总体情况", "主动公开政府信息", "收到和处理政府信息公开申请", "复议",
    "主要问题", "需要报告的",
)  # fmt: skip
_LEAST_PARTS = 4
_FORM_LABEL = "本年新收政府信息公开申请数量"
_NO_PAGE = re.compile(
    r"(?<!\d)404(notfound|错误|页面|error|-)|(错误|error)(代码)?:?404(?!\d)|页面不存在|页面未找到"
    r"|找不到(该|您访问的|您要的)?页面|访问出错|系统错误|服务器错误|已被删除|没有权限|访问被拒绝|禁止访问"
    r"|安全验证|访问过于频繁|请先?登录后",
    re.IGNORECASE,
)
_NO_PAGE_TITLE = re.compile(
    "^(用户|系统|管理员)?登[录陆]|统一身份认证|^404|^403|^500|^错误|^出错|^error", re.IGNORECASE
)
_SHORT_PAGE = 1500  # characters; error and login pages say little
_OTHER_FILE = re.compile("申请表|指南|目录|流程图|通知|登记表|委托书")
_PUBLISHED = ("pubdate", "publishdate", "publishtime", "firstpublishedtime", "publicationdate")


class File(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of an address that held a report; no `sha256` once it was withdrawn."""

    url: str
    title: str
    agency_id: str | None = None
    year: int | None = None
    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    posted_id: str | None = None


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A report's bytes as they were fetched, and what is to be remembered of them."""

    file: File
    body: bytes
    published_on: str | None


class NotThereError(FetchError):
    """The server answered, but not with the page; `status` is what it said."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def follow(
    fetcher: Fetcher, announced: Announced, known: Sequence[File], agencies: Sequence[Agency]
) -> Iterator[Paper]:
    """The announced report's bytes where they are new; nothing where all is as it was.

    A page may hold several reports as files, each with a title of its own. Raises FetchError for
    whatever is not a report or a page that offers one.
    """
    before = {file.url: file for file in known}
    page = _asked(fetcher, announced.url, before.get(announced.url))
    if page.not_modified:
        yield from _files_again(fetcher, announced, known)
        return
    itself = File(
        url=announced.url, title=announced.title, agency_id=announced.agency_id,
        year=announced.year,
    )  # fmt: skip
    if sniff(page.body) != "html":
        yield _paper(page, itself, announced.date)
        return
    markup = take_apart(page.body, page.url)
    holds = holds_report(markup)
    offered = [] if holds else list(_offered(markup, announced, agencies))
    if not holds and not offered and is_front(page.url) and _is_list(markup, announced):
        return  # the name of a year is also that of its list: what is on it is found there
    if is_no_page(markup) and not holds and not offered:
        raise NotThereError(page.status, f"{page.url} 是出错或登录页面，不是报告。")
    published = next(
        (date_in(markup.meta[name]) for name in _PUBLISHED if name in markup.meta), None
    )
    published = published or announced.date
    if not offered:
        yield _paper(page, itself, published)
    for file in offered:
        yield from _file(fetcher, file, before.get(file.url), published)


def _files_again(fetcher: Fetcher, announced: Announced, known: Sequence[File]) -> Iterator[Paper]:
    """A page may stay the same while the file behind it is replaced."""
    for file in known:
        if file.url != announced.url and file.sha256 is not None:
            yield from _file(fetcher, file, file, announced.date)


def again(fetcher: Fetcher, file: File) -> Paper | None:
    """The bytes of a report that no list shows any more, where they are new.

    A redirect, or a page that is no report, tells nothing of the report. Raises NotThereError
    with the status of the answer, and FetchError for any other failure.
    """
    page = _asked(fetcher, file.url, file)
    if page.not_modified or page.url != file.url:
        return None
    if sniff(page.body) == "html" and not holds_report(take_apart(page.body, page.url)):
        return None
    return _paper(page, file, None)


def _file(
    fetcher: Fetcher, file: File, before: File | None, published: str | None
) -> Iterator[Paper]:
    page = _asked(fetcher, file.url, before)
    if page.not_modified:
        return
    if sniff(page.body) == "html":
        markup = take_apart(page.body, page.url)
        if not holds_report(markup):
            raise NotThereError(page.status, f"{file.url} 应为附件，得到的却是网页。")
    yield _paper(page, file, published)


def _asked(fetcher: Fetcher, url: str, before: File | None) -> Page:
    page = fetcher.fetch(
        url,
        etag=before.etag if before else None,
        last_modified=before.last_modified if before else None,
    )
    refuse_failure(page)
    if not page.not_modified and not page.body.strip():
        raise NotThereError(page.status, f"{url} 的内容为空。")
    return page


def refuse_failure(page: Page) -> None:
    """Raise what a status other than success means: BlockedError or NotThereError."""
    if page.status in _REFUSED:
        raise BlockedError(f"网站拒绝访问 {page.url}（状态 {page.status}）。")
    if page.status not in (200, 304):
        raise NotThereError(page.status, f"{page.url} 无法取得（状态 {page.status}）。")


def _paper(page: Page, file: File, published: str | None) -> Paper:
    remembered = msgspec.structs.replace(
        file,
        etag=page.headers.get("etag"),
        last_modified=page.headers.get("last-modified"),
    )
    return Paper(file=remembered, body=page.body, published_on=published)


def holds_report(page: Markup) -> bool:
    """Whether the page's own text is a report: its parts are there, or the form's first row."""
    words = normal(page.text)
    return _FORM_LABEL in words or sum(part in words for part in _PARTS) >= _LEAST_PARTS


def _is_list(page: Markup, announced: Announced) -> bool:
    return any(is_report(link.text, announced.title) for link in page.links)


def is_no_page(page: Markup) -> bool:
    """Whether it says, with status 200, that the page is not there or not for us."""
    if len(page.text) >= _SHORT_PAGE:
        return False
    title, words = normal(page.title), normal(page.text)
    return bool(_NO_PAGE_TITLE.search(title) or _NO_PAGE.search(title + words))


def _offered(page: Markup, announced: Announced, agencies: Sequence[Agency]) -> Iterator[File]:
    """The files to take: of each report named the one that is read best."""
    links = [*page.links, *(Link(url=url, text="") for url in page.embedded)]
    files = [link for link in links if _ending(link) and not _OTHER_FILE.search(link.text)]
    named = [link for link in files if is_report(link.text, announced.title)]
    # A single file is what the list announced, whatever is written on it.
    years = {year_in(link.text) for link in named}
    best: dict[tuple[str | None, int | None, str], File] = {}
    ranks: dict[tuple[str | None, int | None, str], int] = {}
    for link in named or files:
        agency = agency_in(link.text, agencies) if len(named) > 1 else None
        year = year_in(link.text)
        file = File(
            url=link.url,
            title=link.text if len(named) > 1 else announced.title,
            agency_id=agency.id if agency else announced.agency_id,
            year=year if len(years) > 1 or announced.year is None else announced.year,
        )
        # Files of nobody in particular may be of several agencies: each name is one report.
        name = "" if file.agency_id else _stem(link)
        key, rank = (file.agency_id, file.year, name), ENDINGS.index(_ending(link))
        if key not in best or rank < ranks[key]:
            best[key], ranks[key] = file, rank
    yield from best.values()


def _stem(link: Link) -> str:
    return normal(posixpath.splitext(link.text or posixpath.basename(urlsplit(link.url).path))[0])


def _ending(link: Link) -> str:
    """The kind of file a link leads to, by its path, its query or its words; "" for none."""
    parts = urlsplit(link.url)
    for text in (unquote(parts.path), unquote(parts.query), link.text):
        ending = posixpath.splitext(text.strip().lower())[1]
        if ending in ENDINGS:
            return ending
    return ""
