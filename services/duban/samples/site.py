"""The made site: its columns and what each lists, and the pages that are no lists."""

from __future__ import annotations

from html import escape
from typing import Any

import msgspec

from duban.samples.data import load, stylesheet
from duban.samples.encoding import declaration

FORMAT = "duban.site/1"
BRANCHES = {"zf": "县政府", "bm": "县政府部门", "xz": "乡镇街道"}


class Entry(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One line of a list page. `files` are the paths it makes reachable.

    `report` tells annual disclosure reports from everything else a column holds; `branch` is
    the part of a tree it stands in.
    """

    column: str
    title: str
    href: str
    date: str
    files: tuple[str, ...] = ()
    report: bool = False
    year: int | None = None
    agency_id: str | None = None
    branch: str = ""


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column of a site: `path` is its folder, `style` its list pages' style.

    Styles: list (items), table (paged), tree (a page a year), branches (a page for each kind of
    agency), files (links straight to files).
    """

    path: str
    name: str
    agency: str
    style: str
    encoding: str = "utf-8"

    @property
    def first_page(self) -> str:
        """The path of the first list page."""
        return self.path + ("list.html" if self.style == "table" else "index.html")


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


def start(declared: str = declaration("utf-8")) -> str:
    """The beginning of every page but the reports'."""
    return (
        f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n{declared}'
        '<meta name="viewport" content="width=device-width">\n' + stylesheet()
    )


def home_page(columns: tuple[Column, ...]) -> str:
    """The portal's front page: links to every column."""
    links = "\n".join(f'<li><a href="{c.first_page}">{escape(c.agency)}</a></li>' for c in columns)
    return (
        f"{start()}"
        "<title>望岚县人民政府-政府信息公开年报</title>\n</head>\n<body>\n"
        f"<h1>政府信息公开年报</h1>\n<ul>\n{links}\n</ul>\n</body>\n</html>\n"
    )


def attachment_page(title: str, date: str, column: Column, tags: str, file: str) -> str:
    """A detail page that carries the report as an attachment, with a few words of its own."""
    name = file.rsplit("/", 1)[1]
    ending = name.rsplit(".", 1)[1]
    return (
        f"{start(declaration(column.encoding))}"
        f"<title>{escape(title)}</title>\n{tags}</head>\n<body>\n"
        f'<h2 class="title">{escape(title)}</h2>\n'
        f"<p>发布日期：{date}　来源：{escape(column.agency)}</p>\n"
        "<p>按照《中华人民共和国政府信息公开条例》的规定，现将年度报告予以公布，全文见附件。</p>\n"
        f'<div class="content"><p>附件：<a href="files/{name}">{escape(title)}.{ending}</a></p>'
        '<p><a href="/files/政府信息公开申请表.docx">政府信息公开申请表.docx</a></p>'
        "</div>\n</body>\n</html>\n"
    )


def plain_page(title: str, date: str, column: Column, path: str, paragraphs: list[str]) -> str:
    """A page that is no report."""
    body = "".join(f"<p>{escape(text)}</p>\n" for text in paragraphs)
    return (
        f"{start(declaration(column.encoding))}"
        f"<title>{escape(title)}</title>\n{meta_tags(title, date, column, path)}</head>\n<body>\n"
        f"<h2>{escape(title)}</h2>\n<p>发布日期：{date}</p>\n{body}</body>\n</html>\n"
    )


def as_json(site: Site) -> bytes:
    """The site as the portal reads it."""
    return msgspec.json.format(msgspec.json.encode(site), indent=1) + b"\n"


def from_json(data: bytes) -> Site:
    """The site of a made folder; raises msgspec.ValidationError for anything else."""
    return msgspec.json.decode(data, type=Site)


def other_pages(agency: str, year: int, which: int, count: int) -> tuple[str, list[str]]:
    """Title and paragraphs of a document that is no annual disclosure report."""
    page = load("pages")[which]
    values: dict[str, Any] = {"agency": agency, "year": year, "count": count}
    return page["title"].format(**values), [text.format(**values) for text in page["text"]]
