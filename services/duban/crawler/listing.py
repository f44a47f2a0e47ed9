"""List pages: which of their links are annual reports, whose, of which year, and what is next."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from duban.crawler.markup import Link, Markup, take_apart
from duban.crawler.parts import hides_parts, parts_of
from duban.crawler.title import agency_in, is_report, year_in
from duban.domain.agency import Agency
from duban.domain.text import normal

_NEXT = re.compile(r"^(下一?页|后一?页|next)[>›»]*$|^[>›»]$", re.IGNORECASE)
_SCRIPTED = re.compile(
    r"createPageHTML\w*\(\s*(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"'](\w+)[\"']"
)


_PAGES = re.compile(r"共(\d{1,4})页|(?<![\d/])\d{1,4}/(\d{1,4})页")
_SCRIPTED_PAGES = re.compile(
    r"(?:pageCount|totalPages?|countPage|pageTotal|total_pages?)[\"']?\s*[=:]\s*[\"']?(\d{1,4})\b",
    re.IGNORECASE,
)
_MORE = re.compile(r"下一?页|后一?页|尾页|末页")


class Announced(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A report that a list page announces."""

    url: str
    title: str
    agency_id: str | None = None
    year: int | None = None
    date: str | None = None


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """What a list page says: the reports on it, the page that follows, and how many there are.

    `parts` are further list pages behind links of years or kinds of agencies.
    `pages` is the least number of list pages the column must have by what the page shows: a
    pager we cannot follow leaves the column unread, which must never look like an empty one.
    """

    reports: tuple[Announced, ...]
    next_page: str | None
    pages: int = 1
    parts: tuple[str, ...] = ()


def read_listing(
    body: bytes, url: str, owners: Sequence[Agency], roster: Sequence[Agency]
) -> Listing:
    """The reports a list page announces.

    `owners` are the agencies whose column it is. A single owner owns every report on it, whatever
    agency a title names (a wrong name in a title is a fault to be found, not another owner),
    except those of agencies under it that have no column of their own.
    """
    page = take_apart(body, url)
    guests = guests_of(owners, roster)
    column = " ".join((page.meta.get("columnname", ""), page.title))
    found: dict[str, Announced] = {}
    for link in page.links:
        if link.url not in found and link.url != url and is_report(link.text, column):
            found[link.url] = _announced(link, owners, guests)
    following = _next_page(page)
    parts = parts_of(page)
    pages = _pages(page, has_next=following is not None)
    if not parts and hides_parts(page):
        pages = max(pages, 2)
    return Listing(reports=tuple(found.values()), next_page=following, pages=pages, parts=parts)


def guests_of(owners: Sequence[Agency], roster: Sequence[Agency]) -> list[Agency]:
    """The agencies without a column of their own whose reports these columns may list."""
    ids = {agency.id for agency in owners}
    return [agency for agency in roster if not agency.columns and agency.parent in ids]


def _announced(link: Link, owners: Sequence[Agency], guests: Sequence[Agency]) -> Announced:
    named = agency_in(link.text, [*owners, *guests])
    if named is None and len(owners) == 1:
        named = owners[0]
    return Announced(
        url=link.url,
        title=link.text,
        agency_id=named.id if named else None,
        year=year_in(link.text),
        date=link.date,
    )


def _next_page(page: Markup) -> str | None:
    for link in page.links:
        if _NEXT.match(normal(link.text)) and _is_same_site(link.url, page.url):
            return link.url if link.url != page.url else None
    scripted = _SCRIPTED.search(page.script)
    if scripted is None:
        return None
    count, current, name, ending = scripted.groups()
    following = int(current) + 1
    if following >= int(count):
        return None
    folder = page.url.partition("?")[0].rpartition("/")[0]
    return f"{folder}/{name}_{following}.{ending}"


def _pages(page: Markup, *, has_next: bool) -> int:
    words = normal(page.text)
    told = [int(one or other) for one, other in _PAGES.findall(words)]
    told += map(int, _SCRIPTED_PAGES.findall(page.script))
    told += [int(found[1]) for found in _SCRIPTED.finditer(page.script)]
    if not told and (has_next or _MORE.search(words)):
        return 2  # a pager that tells no number: more than this page
    return max(told, default=1)


def _is_same_site(one: str, other: str) -> bool:
    return urlsplit(one).netloc == urlsplit(other).netloc
