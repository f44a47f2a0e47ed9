"""Whatever the bytes, a reader gives a sound document or says what is wrong."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import docx as python_docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.domain.document import Document, Grid, Media, Paragraph
from duban.errors import UnreadableError
from duban.reading.formats import READERS
from duban.reading.sniff import sniff

CODES = {
    "encrypted",
    "truncated",
    "corrupt",
    "empty",
    "too_large",
    "expands_too_far",
    "unsupported",
}


def sound(document: Document) -> None:
    tables: list[int | None] = []
    for block in document.blocks:
        if isinstance(block, Paragraph):
            assert block.text.strip()
        elif isinstance(block, Grid):
            tables.append(block.at.table)
            seen: set[tuple[int, int]] = set()
            for cell in block.cells:
                assert cell.row + cell.rowspan <= block.height
                assert cell.column + cell.colspan <= block.width
                for row in range(cell.row, cell.row + cell.rowspan):
                    for column in range(cell.column, cell.column + cell.colspan):
                        assert (row, column) not in seen
                        seen.add((row, column))
    assert tables == list(range(1, len(tables) + 1))


def survives(data: bytes, media: Media) -> None:
    try:
        document = READERS[media](data)
    except UnreadableError as error:
        code = error.code
    else:
        sound(document)
        return
    assert code in CODES


def made_docx() -> bytes:
    document = python_docx.Document()
    document.add_heading("一、总体情况", level=1)
    for number in range(5):
        document.add_paragraph(f"第{number}项", style="List Number")
    table = document.add_table(rows=5, cols=4)
    table.cell(0, 0).merge(table.cell(2, 1)).text = "合并"
    table.cell(3, 1).text = "24"
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


PAGE = (
    "<html><head><meta charset=utf-8><title>某局2023年年报</title></head><body>"
    "<h1>某局2023年年报</h1><p>一、总体情况</p><table><thead><tr><th colspan=2>头</th></tr></thead>"
    "<tr><td rowspan=2>三、</td><td>1</td></tr><tr><td>2<br>3</td></tr></table>"
    "<ol start=3><li>甲</li></ol>"
    "<div hidden>藏</div><pre>\t甲\n\t1\n\n\t乙\n\t2\n</pre><a href=x.doc>附件</a></body></html>"
)
TEXT = (
    "标题\n一、总体情况\n\t信息内容\n\t数量\n\n\t（三）不予\n\n公开\n\t0\n\n甲\t乙\n1\t2\n\n4\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n# 六、其他\n<table><tr><td>1<td>2</table>\n"
)

PIECES = st.sampled_from([
    "<table>", "</table>", "<tr>", "</tr>", "<td>", "<td rowspan=2>", "<td colspan=3 rowspan=0>",
    "</td>", "<th>", "<tbody>", "</tbody>", "<thead>", "<tfoot>", "<caption>", "<p>", "</p>",
    "<div>", "</div>", "<br>", "<ol type=a start=-2>", "<li value=x>", "<pre>", "</pre>",
    "<a href=x>", "</a>", "<h2>", "</h2>", "<sup>1</sup>", "<img src=x>", "<span hidden>", "<!--",
    "-->", "<script>", "&#x0;", "一、总体情况", "24", "\t", "\n", "　", "。",
    "本机关认真贯彻落实条例，主动公开信息。" * 12, "\ufffd", "\x0b", "<body>", "</html>",
    "<select>", "<svg>", "]]>", "<o:p>", "<title>年报", "<base href='http://['>",
])  # fmt: skip
LINES = st.sampled_from([
    "\t甲", "\t", "\t1", "", "公开", "甲\t乙\t", "\t\t1", "4", "| a | b |", "|---|---|", "|:-:|",
    "<table>", "<td>1", "</table>", "# 一、总体情况", "---", "===", "\t一、总体情况", "正文。",
    "六、其他需要报告的事项", "[bookmark: x]", "**甲**", "> 乙", "\\|", "|", "||", "```",
    "![x](y)", "\x0c",
])  # fmt: skip

SWALLOWING = {
    "<!--", "-->", "<script>", "<select>", "<svg>", "<span hidden>", "<title>年报", "\x0b",
}  # fmt: skip


@given(st.binary(max_size=400))
def test_any_bytes_have_a_format_that_survives_them(data: bytes) -> None:
    survives(data, sniff(data))


@given(st.binary(max_size=300), st.sampled_from(["html", "docx", "text", "markdown"]))
def test_any_bytes_survive_the_wrong_reader(data: bytes, media: Media) -> None:
    survives(data, media)


@given(st.lists(PIECES, max_size=60))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_order_of_tags_gives_a_sound_document(pieces: list[str]) -> None:
    survives("".join(pieces).encode(), "html")


@given(st.lists(PIECES, max_size=40))
@settings(deadline=None)
def test_no_text_between_tags_is_lost(pieces: list[str]) -> None:
    plain = [piece for piece in pieces if piece not in SWALLOWING]
    document = READERS["html"](("<p>" + "".join(plain)).encode())
    printed = ""
    for block in document.blocks:
        if isinstance(block, Paragraph):
            printed += block.text
        elif isinstance(block, Grid):
            printed += "".join(cell.text for cell in block.cells)
    assert printed.count("24") == plain.count("24")
    assert printed.count("一、总体情况") == plain.count("一、总体情况")


@given(st.lists(LINES, max_size=40), st.sampled_from(["text", "markdown"]))
@settings(deadline=None)
def test_any_order_of_lines_gives_a_sound_document(lines: list[str], media: Media) -> None:
    survives("\n".join(lines).encode(), media)


@pytest.mark.parametrize("media", ["html", "text", "markdown"])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_text_formats_survive_every_truncation(media: Media, encoding: str) -> None:
    data = (PAGE if media == "html" else TEXT).encode(encoding)
    for end in range(len(data)):
        survives(data[:end], media)


def test_a_docx_survives_every_truncation() -> None:
    data = made_docx()
    for end in [*range(0, len(data), 97), *range(len(data) - 80, len(data))]:
        assert sniff(data[:end]) in {"docx", "zip", "unknown", "text"}
        survives(data[:end], "docx")


@pytest.mark.parametrize("seed", range(120))
def test_a_docx_survives_spoilt_bytes(seed: int) -> None:
    source = random.Random(seed)
    data = bytearray(made_docx())
    for _ in range(source.randrange(1, 30)):
        data[source.randrange(len(data))] = source.randrange(256)
    survives(bytes(data), sniff(bytes(data)))
    survives(bytes(data), "docx")


@pytest.mark.parametrize("seed", range(60))
def test_a_docx_survives_shuffled_markup(seed: int) -> None:
    source = random.Random(seed)
    packed = zipfile.ZipFile(io.BytesIO(made_docx()))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as spoilt:
        for name in packed.namelist():
            part = packed.read(name)
            if name.endswith(("document.xml", "numbering.xml", "styles.xml")):
                text = part.decode()
                for _ in range(3):
                    old = source.choice(["w:val", "w:tc", "w:p>", "w:tr", '"1"', "w:lvl", "w:pPr"])
                    new = source.choice(
                        ["w:x", "w:tbl", "w:p>", '"-9"', '"99999999999"', "w:numId"]
                    )
                    text = text.replace(old, new, source.randrange(1, 40))
                part = text.encode()
            spoilt.writestr(name, part)
    survives(buffer.getvalue(), "docx")


@pytest.mark.parametrize("seed", range(60))
def test_the_real_pages_survive_spoilt_bytes(sample: Callable[[str], bytes], seed: int) -> None:
    source = random.Random(seed)
    data = bytearray(sample("real/shanghai_office_2019.html"))
    for _ in range(source.randrange(1, 60)):
        at = source.randrange(len(data))
        data[at : at + source.randrange(0, 12)] = source.randbytes(source.randrange(0, 6))
    survives(bytes(data), "html")
    survives(bytes(data), sniff(bytes(data)))


@pytest.mark.parametrize(
    "unit",
    [
        "<p>正文。</p>", "<div>", "<table><tr><td>1</td>", "<li>1", "<a href=x>文</a>", "<br>",
        "<span hidden>", "<td rowspan=9>1</td>", "</table>", "<font>",
        "<title>a</title>", "<meta name=a content=b>",
    ],
)  # fmt: skip
def test_time_grows_with_the_page_and_not_faster(unit: str) -> None:
    from time import process_time

    def seconds(count: int) -> float:
        data = ("<html><body><ol>" + unit * count).encode()
        begun = process_time()
        survives(data, "html")
        return process_time() - begun

    small = min(seconds(2_000) for _ in range(3))
    assert seconds(16_000) < 8 * 6 * small + 0.5
