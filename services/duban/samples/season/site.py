"""The sites of a season as a crawler meets them on a day: a `Fetcher` over the plan."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from html import escape

from duban.errors import FetchError
from duban.ports import Page
from duban.samples.season.plan import Posting, Season

LINES_ON_A_PAGE = 15
_LOGIN = "<html><head><title>用户登录</title></head><body>请先登录后再访问。</body></html>"
_MISSING = "<html><head><title>404</title></head><body>您访问的页面不存在。</body></html>"


class SeasonSites:
    """Answers for every host of the plan; `day` is moved by whoever plays the season."""

    def __init__(self, season: Season, day: date) -> None:
        self.day = day
        self._season = season
        self._postings = {posting.path: posting for posting in season.postings}
        self._lists = {
            _page_url(column, number): (column, number)
            for column in season.columns
            for number in range(1, 2 + len(season.on_list(column)) // LINES_ON_A_PAGE)
        }

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        """The answer of the day; raises FetchError where none comes."""
        trouble = self._season.trouble(url, self.day)
        if trouble == "timeout":
            raise FetchError(f"{url} 无法取得（超时）。")
        if trouble == "error":
            return _page(url, b"Internal Server Error", status=500)
        if trouble == "refused":
            return _page(url, b"Forbidden", status=403)
        if trouble == "login":
            return _page(url, _LOGIN.encode())
        body = self._list(url, is_empty=trouble == "empty")
        if body is None:
            posting = self._postings.get(url)
            if posting is None or not posting.stands(self.day):
                return _page(url, _MISSING.encode(), status=404)
            if posting.failing is not None and self.day in posting.failing:
                return _page(url, b"Internal Server Error", status=500)
            body = posting.document(self.day).data
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if etag == tag:
            return Page(url=url, status=304, headers={"etag": tag}, body=b"", not_modified=True)
        return _page(url, body, {"etag": tag})

    def _list(self, url: str, *, is_empty: bool) -> bytes | None:
        if url not in self._lists:
            return None
        column, number = self._lists[url]
        if self.day not in self._season.columns[column][1]:
            return None
        lines = [] if is_empty else self._season.on_list(column)
        shown = [one for one in lines if one.stands(self.day)]
        shown.sort(key=lambda one: (one.year, one.printed or date.min, one.path), reverse=True)
        count = max(1, -(-len(shown) // LINES_ON_A_PAGE))
        if number > count:
            return None
        first = (number - 1) * LINES_ON_A_PAGE
        return _listed(shown[first : first + LINES_ON_A_PAGE], column, number, count).encode()


def _page(
    url: str, body: bytes, headers: Mapping[str, str] | None = None, *, status: int = 200
) -> Page:
    return Page(url=url, status=status, headers=headers or {}, body=body)


def _page_url(column: str, number: int) -> str:
    return column if number == 1 else column.replace("index.html", f"index_{number}.html")


def _listed(shown: list[Posting], column: str, number: int, count: int) -> str:
    lines = "\n".join(
        f'<li><a href="{escape(one.path)}">{escape(one.title)}</a>'
        + (f"<span>{one.printed.isoformat()}</span></li>" if one.printed else "</li>")
        for one in shown
    )
    following = ""
    if number < count:
        name = _page_url(column, number + 1).rpartition("/")[2]
        following = f'<a href="{name}">下一页</a>'
    return (
        '<!DOCTYPE html><html><head><meta charset="utf-8"><title>政府信息公开年报</title></head>'
        f"<body><ul>\n{lines}\n</ul><div>共{count}页 {following}</div></body></html>"
    )
