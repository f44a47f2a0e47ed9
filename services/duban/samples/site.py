"""The pages of the demo's portal: two site styles, lists, detail pages, documents beside."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from duban.samples.data import load, stylesheet

PAGE_LENGTH = 4
FORMAT = "duban.site/1"


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of a list page. `files` are the paths it makes reachable.

    `report` tells annual disclosure reports from everything else a column holds.
    """

    column: str
    title: str
    href: str
    date: str
    files: tuple[str, ...] = ()
    report: bool = False
    year: int | None = None


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a site: `path` is its folder, `style` its list pages' style."""

    path: str
    name: str
    agency: str
    style: str

    @property
    def first_page(self) -> str:
        """The path of the first list page."""
        return self.path + ("index.html" if self.style == "list" else "list.html")


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the portal lists; entries in the order of their posting."""

    columns: tuple[Column, ...]
    entries: tuple[Entry, ...]
    format: str = FORMAT


def meta_tags(title: str, date: str, column: Column, path: str) -> str:
    """The meta tags of a standard-conforming page (domain reference 5.2)."""
    values = {
        "SiteName": "望岚县人民政府",
        "SiteDomain": "www.wanglan.example",
        "SiteIDCode": "9904210001",
        "ColumnName": column.name,
        "ColumnType": "信息公开年报",
        "ArticleTitle": title,
        "PubDate": f"{date} 09:30",
        "ContentSource": column.agency,
        "Url": path,
    }
    return "".join(f'<meta name="{k}" content="{escape(v)}">\n' for k, v in values.items())


def list_pages(column: Column, entries: list[Entry]) -> dict[str, str]:
    """All list pages of a column by path, newest entry first."""
    newest = sorted(entries, key=lambda e: (e.date, e.href), reverse=True)
    if column.style == "list":
        return {column.first_page: _page(column, _items(newest))}
    pages = [newest[i : i + PAGE_LENGTH] for i in range(0, len(newest), PAGE_LENGTH)] or [[]]
    return {
        _numbered(column, n): _page(column, _rows(page) + _paging(column, n, len(pages)))
        for n, page in enumerate(pages)
    }


def _numbered(column: Column, number: int) -> str:
    return f"{column.path}list.html" if not number else f"{column.path}list_{number + 1}.html"


def _items(entries: list[Entry]) -> str:
    lines = [
        f'<li><a href="{escape(e.href)}" title="{escape(e.title)}">{escape(_short(e.title))}</a>'
        f"<span>{e.date}</span></li>"
        for e in entries
    ]
    return '<ul class="news-list">\n' + "\n".join(lines) + "\n</ul>\n"


def _short(title: str) -> str:
    """A long title as such lists cut it; the whole stands in the title attribute."""
    return title if len(title) <= 34 else title[:33] + "…"


def _rows(entries: list[Entry]) -> str:
    lines = [
        f'<tr><td>{n}</td><td><a href="{escape(e.href)}" target="_blank">{escape(e.title)}</a></td>'
        f"<td>[{e.date.replace('-', '/')}]</td></tr>"
        for n, e in enumerate(entries, start=1)
    ]
    head = "<tr><th>序号</th><th>标题</th><th>发布日期</th></tr>\n"
    return '<table class="list">\n' + head + "\n".join(lines) + "\n</table>\n"


def _paging(column: Column, number: int, count: int) -> str:
    links = [
        f'<a href="{_numbered(column, n).rsplit("/", 1)[1]}">{text}</a>'
        for n, text in (
            (0, "首页"),
            (number - 1, "上一页"),
            (number + 1, "下一页"),
            (count - 1, "尾页"),
        )
        if 0 <= n < count and n != number
    ]
    return f'<div class="page">共{count}页 当前第{number + 1}页 {" ".join(links)}</div>\n'


def _start() -> str:
    """The beginning of every page but the reports'."""
    return (
        '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n' + stylesheet()
    )


def _page(column: Column, body: str) -> str:
    return (
        f"{_start()}"
        f"<title>{escape(column.agency)}-{column.name}</title>\n"
        f'<meta name="SiteName" content="望岚县人民政府">\n'
        f'<meta name="ColumnName" content="{column.name}">\n</head>\n<body>\n'
        '<div class="nav"><a href="/index.html">首页</a> &gt; '
        f"{escape(column.agency)} &gt; {column.name}</div>\n{body}</body>\n</html>\n"
    )


def home_page(columns: tuple[Column, ...]) -> str:
    """The portal's front page: links to every column."""
    links = "\n".join(f'<li><a href="{c.first_page}">{escape(c.agency)}</a></li>' for c in columns)
    return (
        f"{_start()}"
        "<title>望岚县人民政府-政府信息公开年报</title>\n</head>\n<body>\n"
        f"<h1>政府信息公开年报</h1>\n<ul>\n{links}\n</ul>\n</body>\n</html>\n"
    )


def attachment_page(title: str, date: str, column: Column, path: str, file: str) -> str:
    """A detail page that only carries an attachment."""
    name = file.rsplit("/", 1)[1]
    ending = name.rsplit(".", 1)[1]
    return (
        f"{_start()}"
        f"<title>{escape(title)}</title>\n{meta_tags(title, date, column, path)}</head>\n<body>\n"
        f'<h2 class="title">{escape(title)}</h2>\n'
        f"<p>发布日期：{date}　来源：{escape(column.agency)}</p>\n"
        f'<div class="content"><p>附件：<a href="files/{name}">{escape(title)}.{ending}</a></p>'
        "</div>\n</body>\n</html>\n"
    )


def plain_page(title: str, date: str, column: Column, path: str, paragraphs: list[str]) -> str:
    """A page that is no report."""
    body = "".join(f"<p>{escape(text)}</p>\n" for text in paragraphs)
    return (
        f"{_start()}"
        f"<title>{escape(title)}</title>\n{meta_tags(title, date, column, path)}</head>\n<body>\n"
        f"<h2>{escape(title)}</h2>\n<p>发布日期：{date}</p>\n{body}</body>\n</html>\n"
    )


def as_json(site: Site) -> bytes:
    """The site as the portal reads it."""
    return msgspec.json.format(msgspec.json.encode(site), indent=1) + b"\n"


def from_json(data: bytes) -> Site:
    """The site of a made folder; raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Site)


def other_pages(column: Column, year: int, which: int, count: int) -> tuple[str, list[str]]:
    """Title and paragraphs of a document that is no annual disclosure report."""
    page = load("pages")[which]
    values: dict[str, Any] = {"agency": column.agency, "year": year, "count": count}
    return page["title"].format(**values), [text.format(**values) for text in page["text"]]
