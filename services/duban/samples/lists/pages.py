"""All list pages of a column: paged lists, trees by year, trees by kind of agency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from duban.samples.lists.frame import framed
from duban.samples.lists.look import Look
from duban.samples.lists.rows import attachments, items, table
from duban.samples.site import BRANCHES, Column, Entry

PAGE_LENGTH = 4
_SHARED_LENGTH = 25
_DRAWN = {"list": items, "table": table, "tree": items, "branches": table, "files": attachments}


def list_pages(column: Column, entries: Sequence[Entry]) -> dict[str, str]:
    """All list pages of a column by path, newest entry first."""
    newest = sorted(entries, key=lambda e: (e.date, e.href), reverse=True)
    if column.style == "list":
        return {column.first_page: _drawn(column, newest, column.first_page)}
    if column.style == "tree":
        return dict(_tree(column, newest))
    if column.style == "branches":
        return dict(_branches(column, newest))
    length = _SHARED_LENGTH if column.style == "files" else PAGE_LENGTH
    return dict(_paged(column, newest, column.first_page, length))


def _drawn(column: Column, entries: Sequence[Entry], path: str, around: str = "") -> str:
    look = Look.of(column)
    return framed(column, path, around + _DRAWN[column.style](column, look, entries, path))


def _paged(
    column: Column, entries: Sequence[Entry], first: str, length: int, around: str = ""
) -> Iterator[tuple[str, str]]:
    pages = [entries[i : i + length] for i in range(0, len(entries), length)] or [[]]
    look = Look.of(column)
    for number, page in enumerate(pages):
        path = _numbered(first, number, look)
        body = _DRAWN[column.style](column, look, page, path)
        yield (
            path,
            framed(column, path, around + body + _pager(column, look, first, number, len(pages))),
        )


def _numbered(first: str, number: int, look: Look) -> str:
    """list.html, then list_2.html; where a script pages list_1.html comes second."""
    if not number:
        return first
    return first.replace(".html", f"_{number if look.pager == 'script' else number + 1}.html")


def _pager(column: Column, look: Look, first: str, number: int, count: int) -> str:
    here = _numbered(first, number, look)
    if look.pager == "script":
        name = first.rsplit("/", 1)[1].removesuffix(".html")
        return (
            '<div class="page"><script type="text/javascript">'
            f'createPageHTML({count}, {number}, "{name}", "html");</script></div>\n'
        )
    words = ("首页", "上一页", "下一页", "尾页") if look.pager == "links" else ("«", "‹", "›", "»")
    links = [
        f'<a href="{look.address(_numbered(first, n, look), here, column)}">{text}</a>'
        for n, text in zip((0, number - 1, number + 1, count - 1), words, strict=True)
        if 0 <= n < count and n != number
    ]
    return f'<div class="page">共{count}页 当前第{number + 1}页 {" ".join(links)}</div>\n'


def _tree(column: Column, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """The newest year first, the years before behind links; other documents stay in front."""
    look = Look.of(column)
    years = sorted({e.branch for e in entries if e.branch}, reverse=True)
    first = column.first_page
    for number, year in enumerate(years):
        path = first if not number else f"{column.path}{year}/index.html"
        links = _links([(f"{year}年", _year_page(column, years, year)) for year in years],
                       "years", look, path, column)  # fmt: skip
        mine = [e for e in entries if e.branch == year or (not number and not e.branch)]
        yield path, _drawn(column, mine, path, links if look.has_years_everywhere or not number
                           else "")  # fmt: skip
    if not years:
        yield first, _drawn(column, entries, first)


def _year_page(column: Column, years: Sequence[str], year: str) -> str:
    return column.first_page if year == years[0] else f"{column.path}{year}/index.html"


def _branches(column: Column, entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """A front page of sub-columns only, each a paged list of its own."""
    look, first = Look.of(column), column.first_page
    there = [(b, name) for b, name in BRANCHES.items() if any(e.branch == b for e in entries)]
    fronts = [(name, f"{column.path}{branch}/index.html") for branch, name in there]
    yield first, framed(column, first, _links(fronts, "subs", look, first, column))
    for branch, _ in there:
        path = f"{column.path}{branch}/index.html"
        mine = [e for e in entries if e.branch == branch]
        around = _links(fronts, "subs", look, path, column) if look.has_years_everywhere else ""
        yield from _paged(column, mine, path, _SHARED_LENGTH, around)


def _links(
    targets: Sequence[tuple[str, str]], kind: str, look: Look, page: str, column: Column
) -> str:
    links = "\n".join(
        f'<li><a href="{look.address(target, page, column)}">{escape(name)}</a></li>'
        for name, target in targets
    )
    return f'<ul class="{kind}">\n{links}\n</ul>\n'
