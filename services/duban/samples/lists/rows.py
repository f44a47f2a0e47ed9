"""The lines of a list page: items, table rows, links straight to files."""

from __future__ import annotations

from collections.abc import Sequence

from duban.samples.chance import chance
from duban.samples.lists.look import Look
from duban.samples.site import Column, Entry


def items(column: Column, look: Look, entries: Sequence[Entry], page: str) -> str:
    """Title and date, one item a line."""
    lines = [
        f"<li>{look.link(e, page, column)}<span>{look.printed_date(e)}</span></li>" for e in entries
    ]
    return '<ul class="news-list">\n' + "\n".join(lines) + "\n</ul>\n"


def table(column: Column, look: Look, entries: Sequence[Entry], page: str) -> str:
    """Number, index, title, document number, date."""
    lines = [
        f"<tr><td>{n}</td><td>{_index(e)}</td><td>{look.link(e, page, column)}</td>"
        f"<td>{_document(e)}</td><td>{look.printed_date(e)}</td></tr>"
        for n, e in enumerate(entries, start=1)
    ]
    head = "<tr><th>序号</th><th>索引号</th><th>标题</th><th>文号</th><th>发布日期</th></tr>\n"
    return '<table class="list">\n' + head + "\n".join(lines) + "\n</table>\n"


def attachments(column: Column, look: Look, entries: Sequence[Entry], page: str) -> str:
    """Links straight to the files, with a file's mark beside each."""
    lines = [
        f'<li><img src="/images/{e.href.rpartition(".")[2]}.png" width="16" alt="">'
        f"{look.link(e, page, column)}<span>{look.printed_date(e)}</span></li>"
        for e in entries
    ]
    return '<div class="fujian">\n<ul>\n' + "\n".join(lines) + "\n</ul>\n</div>\n"


def _index(entry: Entry) -> str:
    """An index number, whose digits may look like a date."""
    rng = chance("index", entry.href)
    year, month, _ = entry.date.split("-")
    return f"00{rng.randint(1000000, 9999999)}/{int(year) - 1}-{month}-{rng.randint(1, 28):02d}"


def _document(entry: Entry) -> str:
    if entry.report:
        return ""
    return f"望政办发〔{entry.date[:4]}〕{chance('number', entry.href).randint(1, 60)}号"
