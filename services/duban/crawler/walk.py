"""From the first list page of a column to its last."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Iterator, Sequence

import msgspec

from duban.crawler.follow import NotThereError, is_no_page, refuse_failure
from duban.crawler.listing import Announced, Listing, guests_of, read_listing
from duban.crawler.markup import take_apart
from duban.crawler.memory import ListPage, Memory
from duban.domain.agency import Agency
from duban.errors import FetchError
from duban.ports import Fetcher, Page
from duban.reading.sniff import sniff

logger = logging.getLogger(__name__)

MAX_PAGES = 20  # of one part of a column
MAX_PAGES_IN_ALL = 100


class Walk:
    """One walk over the list pages of a column, as far as it came.

    `links` are the reports listed so far, `error` the first failure, and `doubt` why the pages
    read may not be all there are.
    """

    def __init__(
        self, url: str, owners: Sequence[Agency], roster: Sequence[Agency], memory: Memory
    ) -> None:
        self.url = url
        self.links: dict[str, Announced] = {}
        self.error: FetchError | None = None
        self.is_news = False
        self.was_broken_off = False
        self.pages = 0
        self._owners = owners
        self._roster = roster
        self._memory = memory
        self._at_least = 1
        self._circle = False

    @property
    def doubt(self) -> str | None:
        """Why the column cannot be taken as read whole; None where it can."""
        if self._circle:
            return f"{self.url} 的翻页绕回已看过的页，无法确认列表已看完。"
        if self.pages >= MAX_PAGES and self._at_least > self.pages:
            return f"{self.url} 的列表超过 {self.pages} 页，只看了前 {self.pages} 页。"
        if self._at_least > self.pages:
            return f"{self.url} 的列表还有无法打开的后续页，只看到 {self.pages} 页。"
        if not self.links:
            # Lists filled in by scripts, and lists that lost their content, look just so.
            return f"{self.url} 的列表中没有任何年度报告，不能作为未公布的依据。"
        return None

    @property
    def is_whole(self) -> bool:
        """Whether every list page was read, and the list is surely the list."""
        return not self.was_broken_off and self.error is None and self.doubt is None

    def steps(self, fetcher: Fetcher, stopping: threading.Event) -> Iterator[tuple[str, ListPage]]:
        """Each list page that could be read, with its address, in order."""
        url: str | None = self.url
        seen: set[str] = set()
        parts: dict[str, None] = {}
        before = 0  # pages of the parts before, those that could not be opened included
        in_part = 0
        while url:
            if stopping.is_set():
                self.was_broken_off = True
                return
            is_long = in_part == MAX_PAGES or len(seen) == MAX_PAGES_IN_ALL
            if url in seen or is_long:
                self._circle = url in seen
                self._at_least = max(self._at_least, len(seen) + 1)
                return
            seen.add(url)
            self.pages, in_part = self.pages + 1, in_part + 1
            page = self._page_or_error(url, fetcher)
            if page is not None:
                self._at_least = max(self._at_least, before + page.pages)
                for link in page.reports:
                    self.links.setdefault(link.url, link)
                yield url, page
                parts |= dict.fromkeys(page.parts)
            url = page.next_page if page is not None else None
            if url is None:
                before, in_part = max(self.pages, self._at_least), 0
                url = next((part for part in parts if part not in seen), None)

    def _page_or_error(self, url: str, fetcher: Fetcher) -> ListPage | None:
        """The page; the first failure is kept, and the other parts are looked at all the same."""
        try:
            return self._page(url, fetcher)
        except FetchError as error:
            self.error = self.error or error
            return None

    def _page(self, url: str, fetcher: Fetcher) -> ListPage:
        known = self._memory.get(url, ListPage)
        read_for = _fingerprint(self._owners, self._roster)
        same = known.read_for == read_for
        page = fetcher.fetch(
            url,
            etag=known.etag if same else None,
            last_modified=known.last_modified if same else None,
        )
        listing = _listing(page, self._owners, self._roster)
        if listing is None:
            return known
        read = ListPage(
            etag=page.headers.get("etag"),
            last_modified=page.headers.get("last-modified"),
            sha256=hashlib.sha256(page.body).hexdigest(),
            reports=listing.reports,
            next_page=listing.next_page,
            pages=listing.pages,
            parts=listing.parts,
            read_for=read_for,
        )
        self.is_news = self.is_news or read.sha256 != known.sha256
        if read != known:
            self._memory.store([], [(url, read)])
        return read


def _fingerprint(owners: Sequence[Agency], roster: Sequence[Agency]) -> str:
    """Changes when the links of a page may have to be given to other agencies than before."""
    names = [
        (agency.id, agency.name, agency.short_names, agency.former_names)
        for agency in (*owners, *guests_of(owners, roster))
    ]
    return hashlib.sha256(msgspec.json.encode(names)).hexdigest()[:16]


def _listing(page: Page, owners: Sequence[Agency], roster: Sequence[Agency]) -> Listing | None:
    """What the list page says, None if it is as before; FetchError where it is no list at all."""
    refuse_failure(page)
    if page.not_modified:
        return None
    if sniff(page.body) != "html":
        raise NotThereError(page.status, f"{page.url} 不是网页，无法查看列表。")
    listing = read_listing(page.body, page.url, owners, roster)
    if not listing.reports and is_no_page(take_apart(page.body, page.url)):
        raise NotThereError(page.status, f"{page.url} 是出错或登录页面，不是列表。")
    return listing
