"""How one column prints its lists: dates, addresses, paging, shortened titles."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from html import escape
from typing import Literal

from duban.samples.chance import chance
from duban.samples.site import Column, Entry

_LONGEST_TITLE = 20
_UNDATED = "{month}-{day}"
_Links = Literal["absolute", "relative", "base"]
_Pager = Literal["links", "script", "marks"]
_PAGERS: tuple[_Pager, ...] = ("links", "script", "marks")
_LINKS: tuple[_Links, ...] = ("absolute", "relative", "base")
_DATES = (
    "{year}-{month}-{day}", "[{year}/{month}/{day}]", "{year}年{m}月{d}日", "{year}.{month}.{day}",
    "（{year}-{month}-{day} 09:30）", "发布日期：{year}-{month}-{day}", _UNDATED,
)  # fmt: skip


@dataclass(frozen=True)
class Look:
    """One column's habits, the same whenever its pages are made."""

    date: str
    links: _Links
    pager: _Pager
    shortens: bool
    has_years_everywhere: bool
    has_meta: bool

    @classmethod
    def of(cls, column: Column) -> Look:
        """The habits of a column."""
        rng = chance("looks", column.path)
        links, date, pager = rng.choice(_LINKS), rng.choice(_DATES), rng.choice(_PAGERS)
        if pager == "script" and links == "base":
            links = "relative"  # a script writes its links against the base: they would be dead
        shortens, everywhere, meta = (rng.random() < share for share in (0.5, 0.5, 0.7))
        return cls(date, links, pager, shortens, everywhere, meta)

    @property
    def is_dated(self) -> bool:
        """Whether its dates tell the year."""
        return self.date != _UNDATED

    def printed_date(self, entry: Entry) -> str:
        """The day of posting as the list prints it."""
        year, month, day = entry.date.split("-")
        return self.date.format(year=year, month=month, day=day, m=int(month), d=int(day))

    def base(self, column: Column) -> str:
        """The base element of the column's pages, or nothing."""
        return f'<base href="{escape(column.path)}">\n' if self.links == "base" else ""

    def address(self, href: str, page: str, column: Column) -> str:
        """A link's target as written on the list page at `page`."""
        if self.links == "absolute" or "://" in href:
            return escape(href)
        folder = posixpath.dirname(page) if self.links == "relative" else column.path
        return escape(posixpath.relpath(href, folder))

    def link(self, entry: Entry, page: str, column: Column) -> str:
        """The link to an entry; a title that is cut stands whole in its title attribute."""
        target = self.address(entry.href, page, column)
        title = escape(entry.title)
        if not self.shortens or len(entry.title) <= _LONGEST_TITLE:
            return f'<a href="{target}" target="_blank">{title}</a>'
        short = escape(entry.title[:_LONGEST_TITLE])
        return f'<a href="{target}" title="{title}" target="_blank">{short}…</a>'
