"""What stands around every list page of a portal."""

from __future__ import annotations

from html import escape

from duban.samples.encoding import declaration
from duban.samples.lists.look import Look
from duban.samples.site import Column, start


def framed(column: Column, path: str, body: str) -> str:
    """A whole list page."""
    look = Look.of(column)
    home = look.address("/index.html", path, column)
    return (
        f"{start(declaration(column.encoding))}{look.base(column)}"
        f"<title>{escape(column.agency)}-{column.name}</title>\n"
        f'<meta name="SiteName" content="望岚县人民政府">\n'
        f'<meta name="ColumnName" content="{column.name}">\n</head>\n<body>\n'
        f'<div class="nav"><a href="{home}">首页</a> &gt; '
        f"{escape(column.agency)} &gt; {column.name}</div>\n{body}</body>\n</html>\n"
    )
