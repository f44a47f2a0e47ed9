"""Title, meta values and links of a page."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

from lxml import etree

from duban.reading.formats.html.words import squeezed, text_of

# The names prescribed for government sites, in their prescribed spelling.
_NAMES = {
    name.lower(): name
    for name in (
        "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "ArticleTitle",
        "PubDate", "ContentSource", "Keywords", "Description", "Url",
    )
}  # fmt: skip
_MOST_META = 100
_LONGEST_META = 1_000  # characters
_MOST_LINKS = 5_000
_LONGEST_LINK_TEXT = 200  # characters
_NO_TARGET = re.compile(r"\s*(?:#|javascript:|mailto:|tel:|data:|about:|$)", re.IGNORECASE)
_REPORT = re.compile("年度报告|年报")


def meta_of(page: etree._Element) -> dict[str, str]:
    """The named meta values wherever they stand; the first that is not empty counts."""
    found: dict[str, str] = {}
    for element in page.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip()
        content = (element.get("content") or "").strip()
        if not name or not content:
            continue
        name = _NAMES.get(name.lower(), name)
        found.setdefault(name[:_LONGEST_META], content[:_LONGEST_META])
        if len(found) >= _MOST_META:
            break
    return found


def title_of(page: etree._Element, meta: dict[str, str]) -> str | None:
    """The article's title in the meta values, else the title element that names a report."""
    if meta.get("ArticleTitle"):
        return meta["ArticleTitle"]
    titles = [squeezed(text_of(title)) for title in page.iter("title")]
    titles = [title for title in titles if title]
    named = [title for title in titles if _REPORT.search(title)]
    return next(iter(named or titles), None)


def links_of(page: etree._Element) -> tuple[tuple[str, str], ...]:
    """Text and target of every link that leads to another address, embedded pages included."""
    base = _base_of(page)
    links: dict[tuple[str, str], None] = {}
    for element in page.iter("a", "area", "iframe", "embed"):
        target = element.get("href") or element.get("src")
        if target is None or _NO_TARGET.match(target):
            continue
        text = squeezed(text_of(element)) or squeezed(element.get("title") or "")
        links[(text[:_LONGEST_LINK_TEXT], _joined(base, target.strip()))] = None
        if len(links) >= _MOST_LINKS:
            break
    return tuple(links)


def _base_of(page: etree._Element) -> str | None:
    for element in page.iter("base"):
        href = element.get("href")
        if href and href.startswith(("http://", "https://")):
            return href
    return None


def _joined(base: str | None, target: str) -> str:
    if base is None:
        return target
    try:
        urlsplit(target)
        return urljoin(base, target)
    except ValueError:
        return target
