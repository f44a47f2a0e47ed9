"""A composed report printed as a web page, as cell-per-line text or as Markdown."""

from __future__ import annotations

from typing import Any

from judgement_parts import Grid, blocks


def printed(case: dict[str, Any]) -> bytes:
    """The bytes of the file a case describes; `raw` stands for a file that is no report."""
    if "raw" in case:
        return str(case["raw"]).encode()
    text = PRINTERS[case.get("format", "html")](case)
    if "two" in case:
        text += PRINTERS[case.get("format", "html")](case | {"agency": case["two"]})
    return text.encode()


def _html(case: dict[str, Any]) -> str:
    parts = []
    for kind, content in blocks(case):
        match kind:
            case "title":
                parts.append(f'<p style="text-align:center"><strong>{content}</strong></p>')
            case "heading":
                parts.append(f"<p><strong>{content}</strong></p>")
            case "text":
                parts.append(f"<p>　　{content}</p>")
            case "right":
                parts.append(f'<p style="text-align:right">{content}</p>')
            case "picture":
                parts.append('<p><img src="/upload/2024/biao.png" width="640" height="900"></p>')
            case "table":
                parts.append(_html_table(content))
    if case.get("wrapped"):
        parts = ['<table width="100%"><tr><td>', *parts, "</td></tr></table>"]
    if case.get("label_breaks"):
        parts = [
            part.replace("结果维持", "结果<br>维持").replace("总计", "总 计") for part in parts
        ]
    head = case.get("head", f"<title>{case.get('page_title', '')}</title>")
    return (
        f'<html><head><meta charset="utf-8">{head}</head><body><div class="article">\n'
        + "\n".join(parts)
        + "\n</div></body></html>"
    )


def _html_table(grid: Grid) -> str:
    rows = []
    for line in grid:
        cells = "".join(
            f'<td colspan="{across}" rowspan="{down}">{text}</td>' for text, across, down in line
        )
        rows.append(f"<tr>{cells}</tr>")
    return '<table border="1">' + "\n".join(rows) + "</table>"


def _text(case: dict[str, Any]) -> str:
    lines = []
    for kind, content in blocks(case):
        if kind == "table":
            for row in content:
                lines += [f"\t{text}" for text, _, _ in row] + [""]
        elif kind == "right":
            lines.append(" " * 34 + content)
        elif kind != "picture":
            lines += [content, ""]
    return "\n".join(lines)


def _markdown(case: dict[str, Any]) -> str:
    marks = {"title": "# ", "heading": "## "}
    lines = []
    for kind, content in blocks(case):
        if kind == "table":
            lines += [*_pipes(content), ""]
        elif kind != "picture":
            lines += [marks.get(kind, "") + content, ""]
    return "\n".join(lines)


def _pipes(grid: Grid) -> list[str]:
    width = sum(across for _, across, _ in grid[0])
    held: dict[tuple[int, int], str] = {}
    rows = []
    for down, line in enumerate(grid):
        at = 0
        row = []
        cells = list(line)
        while at < width:
            if (down, at) in held:
                row.append(held[down, at])
                at += 1
                continue
            text, across, rowspan = cells.pop(0) if cells else ("", 1, 1)
            for column in range(at, at + across):
                for below in range(1, rowspan):
                    held[down + below, column] = text
                row.append(text)
            at += across
        rows.append("| " + " | ".join(row) + " |")
    rows.insert(1, "|" + " --- |" * width)
    return rows


PRINTERS = {"html": _html, "text": _text, "markdown": _markdown}
