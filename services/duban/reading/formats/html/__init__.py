"""Web pages, whole or in part, in whatever encoding they really are."""

from __future__ import annotations

from duban.domain.document import Document
from duban.errors import UnreadableError
from duban.reading.formats.html.article import without_furniture
from duban.reading.formats.html.flow import blocks_of
from duban.reading.formats.html.head import links_of, meta_of, title_of
from duban.reading.formats.html.page import parse

LARGEST_BYTES = 20_000_000
# A page that holds its pictures within itself is large with few tags; a report has some 10,000.
MOST_TAGS = 500_000


def read(data: bytes) -> Document:
    """The document of a web page; what is not drawn is left out, site furniture is marked.

    Raises UnreadableError `too_large` above LARGEST_BYTES or MOST_TAGS.
    """
    if len(data) > LARGEST_BYTES:
        raise UnreadableError(
            "too_large",
            f"网页有 {len(data) / 1e6:.0f} MB，超过可读取的 {LARGEST_BYTES // 1_000_000} MB："
            "请提供只含年度报告正文的页面或文件。",
        )
    if data.count(b"<") > MOST_TAGS:
        raise UnreadableError(
            "too_large",
            f"网页的标签超过 {MOST_TAGS // 10_000} 万个，不是正常的报告页面："
            "请提供只含正文的页面。",
        )
    page = parse(data)
    if page is None:
        return Document(media="html", blocks=())
    meta = meta_of(page)
    title = title_of(page, meta)
    links = links_of(page)
    return Document(
        media="html",
        blocks=without_furniture(blocks_of(page)),
        title=title,
        meta=meta,
        links=links,
    )
