"""The table model checked against a browser, which is what an officer sees."""

from __future__ import annotations

import random

import pytest

from duban.domain.document import Grid
from duban.reading.formats import html

# Every row and column is given a size, so that each has an edge of its own to be told by.
STYLE = (
    "<!DOCTYPE html><style>table{border-collapse:separate;border-spacing:0}tr{height:20px}"
    "td{padding:0;min-width:40px;height:20px}</style>"
)
COLUMNS = "<colgroup>" + '<col style="width:40px">' * 14 + "</colgroup>"
BOXES = """() => [...document.querySelectorAll("td")].map(cell => {
    const box = cell.getBoundingClientRect();
    return [cell.textContent, Math.round(box.top), Math.round(box.left)];
})"""
GROUPS = [
    [("tbody", 5)],
    [("thead", 2), ("tbody", 3)],
    [("tbody", 2), ("tbody", 3)],
    [("tfoot", 1), ("tbody", 3)],
]


def made_table(source: random.Random) -> str:
    pieces: list[str] = []
    for group, rows in source.choice(GROUPS):
        pieces.append(f"<{group}>")
        for _ in range(rows):
            pieces.append("<tr>")
            for _ in range(source.randrange(1, 5)):
                spans = ""
                if source.random() < 0.3:
                    spans += f' rowspan="{source.choice(["2", "3", "0", "9", "x", "2px", "-1"])}"'
                if source.random() < 0.3:
                    spans += f' colspan="{source.choice(["2", "3", "0", "x", "2px"])}"'
                pieces.append(f"<td{spans}>c{len(pieces)}</td>")
            pieces.append("</tr>")
        pieces.append(f"</{group}>")
    return "".join(pieces)


@pytest.mark.parametrize("seed", [1])
def test_cells_stand_where_a_browser_draws_them(chromium: str, seed: int) -> None:
    from playwright.sync_api import sync_playwright

    source = random.Random(seed)
    compared = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        for _ in range(60):
            table = made_table(source)
            blocks = html.read(f"<body><table>{table}</table>".encode()).blocks
            grid = blocks[0]
            if len(blocks) != 1 or not isinstance(grid, Grid) or grid.doubt:
                continue
            page.set_content(f"{STYLE}<table>{COLUMNS}{table}</table>")
            boxes = page.evaluate(BOXES)
            tops = sorted({top for _, top, _ in boxes})
            lefts = sorted({left for _, _, left in boxes})
            drawn = {text: (tops.index(top), lefts.index(left)) for text, top, left in boxes}
            assert {c.text: (c.row, c.column) for c in grid.cells} == drawn, table
            compared += 1
        browser.close()
    assert compared >= 30
