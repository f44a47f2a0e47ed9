from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from duban.domain.document import Document, Grid
from duban.domain.form import (
    APPLICANTS,
    DISPUTE_COLUMNS,
    RESULTS_LABEL,
    application_rows,
    disclosure_tables,
)
from duban.domain.text import normal
from duban.reading.formats.pdf import read

FONT = "STSong-Light"
WIDTH, HEIGHT = 595.0, 842.0


class Source(NamedTuple):
    """A cell of a table as it is meant to be read."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1


class Sheet:
    """Draws pages with the origin at the top left, as a reader sees them."""

    def __init__(self, **options: object) -> None:
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=(WIDTH, HEIGHT), invariant=1, **options)

    def text(self, x: float, y: float, text: str, size: float = 12) -> Sheet:
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(x, HEIGHT - y, text)
        return self

    def line(self, x0: float, y0: float, x1: float, y1: float) -> Sheet:
        self.canvas.line(x0, HEIGHT - y0, x1, HEIGHT - y1)
        return self

    def bar(self, x0: float, y0: float, x1: float, y1: float) -> Sheet:
        self.canvas.rect(x0, HEIGHT - y1, x1 - x0, y1 - y0, stroke=0, fill=1)
        return self

    def prose(self, y: float, *lines: str, x: float = 72, size: float = 12) -> Sheet:
        for number, line in enumerate(lines):
            self.text(x, y + 20 * number, line, size)
        return self

    def table(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        cells: Sequence[Source],
        *,
        size: float = 9,
        border: Callable[[float, float, float, float], object] | None = None,
    ) -> Sheet:
        """Cells at the edges `xs` and `ys`; newlines in a text are its lines."""
        draw = border or self.line
        for text, row, column, rowspan, colspan in cells:
            x0, x1 = xs[column], xs[column + colspan]
            y0, y1 = ys[row], ys[row + rowspan]
            for side in ((x0, y0, x1, y0), (x0, y1, x1, y1), (x0, y0, x0, y1), (x1, y0, x1, y1)):
                draw(*side)
            lines = text.split("\n")
            top = (y0 + y1) / 2 - (len(lines) - 1) * size * 0.65 + size * 0.35
            for number, line in enumerate(lines):
                self.text(x0 + 4, top + number * size * 1.3, line, size)
        return self

    def page(self) -> Sheet:
        self.canvas.showPage()
        return self

    def bytes(self) -> bytes:
        self.canvas.save()
        return self._buffer.getvalue()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


@pytest.fixture
def make_sheet() -> type[Sheet]:
    return Sheet


@pytest.fixture
def picture() -> ImageReader:
    """A picture without any text."""
    buffer = io.BytesIO()
    Image.new("L", (60, 60), 128).save(buffer, "PNG")
    buffer.seek(0)
    return ImageReader(buffer)


@pytest.fixture(scope="module")
def printed() -> bytes:
    """A plain small file whose streams are not compressed, so that changed bytes matter."""
    sheet = Sheet(pageCompression=0).text(72, 60, "一、总体情况")
    cells = placed([["信息内容", "本年制发件数"], ["规章", "1"], ["行政规范性文件", "26"]])
    sheet.table((72, 250, 400), (100, 130, 160, 190), cells).page()
    return sheet.text(72, 60, "第二页").bytes()


@pytest.fixture
def unmapped() -> bytes:
    """A page in an embedded-style font of glyph numbers without a map to characters."""
    return _raw(
        b"<</Type/Font/Subtype/Type0/BaseFont/Nameless/Encoding/Identity-H"
        b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/Nameless"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/Nameless/Flags 4"
        b"/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/StemV 80>>>>]>>",
        b"BT /F1 12 Tf 72 700 Td <003100320033003400350036> Tj ET",
    )


@pytest.fixture
def named_only() -> bytes:
    """Characters printed one by one in a font that the file names but does not carry."""
    return _raw(
        b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/ToUnicode 6 0 R"
        b"/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun"
        b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        b"/FontDescriptor<</Type/FontDescriptor/FontName/SimSun/Flags 4"
        b"/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800/Descent -200/StemV 80>>>>]>>",
        b"BT /F1 12 Tf 72 700 Td <0E31> Tj 12 0 Td <0E32> Tj 12 0 Td <0E33> Tj ET",
        b"begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange 3 beginbfchar "
        b"<0E31> <653F> <0E32> <5E9C> <0E33> <4FE1> endbfchar endcmap",
    )


@pytest.fixture
def nested() -> bytes:
    """A page whose form object draws itself."""
    return _raw(
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"BT /F1 12 Tf 72 700 Td (Annual report) Tj ET /X1 Do",
        b"10 10 m 50 10 l S /X1 Do",
    )


def _raw(font: bytes, content: bytes, form: bytes = b"") -> bytes:
    """A file of one page written by hand."""
    resources = b"<</Font<</F1 5 0 R>>/XObject<</X1 6 0 R>>>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources "
        + resources
        + b">>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(content), content),
        font,
        b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources %s/Length %d>>stream\n%s\n"
        b"endstream" % (resources, len(form), form),
    ]
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n" % (len(objects) + 1, table)
    return bytes(out + b"%%EOF\n")


@pytest.fixture
def source() -> Callable[..., list[Source]]:
    """Cells from rows of (text, rowspan, colspan) or plain texts."""
    return placed


def placed(rows: Sequence[Sequence[str | tuple[str, int, int]]]) -> list[Source]:
    taken: set[tuple[int, int]] = set()
    cells = []
    for number, row in enumerate(rows):
        column = 0
        for item in row:
            text, rowspan, colspan = (item, 1, 1) if isinstance(item, str) else item
            while (number, column) in taken:
                column += 1
            taken |= {(number + r, column + c) for r in range(rowspan) for c in range(colspan)}
            cells.append(Source(text, number, column, rowspan, colspan))
            column += colspan
    return cells


@pytest.fixture
def one_grid() -> Callable[[bytes], Grid]:
    """The only grid of a file."""

    def only(data: bytes) -> Grid:
        (grid,) = [block for block in read(data).blocks if isinstance(block, Grid)]
        return grid

    return only


@pytest.fixture
def read_grids() -> Callable[[bytes], list[Grid]]:
    def found(data: bytes) -> list[Grid]:
        return [block for block in read(data).blocks if isinstance(block, Grid)]

    return found


@pytest.fixture
def document() -> Callable[[bytes], Document]:
    return read


@pytest.fixture
def same() -> Callable[[Grid, Sequence[Source]], None]:
    """Asserts that a grid is the table meant, cell for cell, and not in doubt."""

    def check(grid: Grid, cells: Sequence[Source]) -> None:
        got = {(normal(c.text), c.row, c.column, c.rowspan, c.colspan) for c in grid.cells}
        assert got == {(normal(cell.text), *cell[1:]) for cell in cells}
        assert grid.doubt is None

    return check


@pytest.fixture
def form() -> Iterator[dict[str, list[list[tuple[str, int, int]]]]]:
    """Tables 2, 3 and 4 of the form of 2021 with numbers of up to three digits."""
    digits = random.Random(20210926)

    def number() -> str:
        return str(digits.randrange(10 ** digits.randrange(1, 4)))

    return {
        "disclosure": _disclosure(number),
        "applications": _applications(number),
        "disputes": _disputes(number),
    }


def _disclosure(number: Callable[[], str]) -> list[list[tuple[str, int, int]]]:
    rows: list[list[tuple[str, int, int]]] = []
    for table in disclosure_tables("R2021"):
        wide = 3 // len(table.columns)
        rows.append([(table.item, 1, 4)])
        rows.append([("信息内容", 1, 1), *((c.label, 1, wide) for c in table.columns)])
        rows += [
            [(row.label, 1, 1), *((number(), 1, wide) for _ in table.columns)] for row in table.rows
        ]
    return rows


def _applications(number: Callable[[], str]) -> list[list[tuple[str, int, int]]]:
    items = application_rows("R2021")
    results = sum(item.field.startswith("results") for item in items)
    rows: list[list[tuple[str, int, int]]] = [
        [("勾稽关系为：第一项加第二项之和，等于第三项加第四项之和", 3, 3), ("申请人情况", 1, 7)],
        [("自然人", 2, 1), ("法人或其他组织", 1, 5), ("总计", 2, 1)],
        [(label.label, 1, 1) for label in APPLICANTS[1:]],
    ]
    seen: set[str] = set()
    for item in items:
        row = []
        is_result = item.field.startswith("results")
        if is_result and RESULTS_LABEL not in seen:
            seen.add(RESULTS_LABEL)
            row.append((RESULTS_LABEL, results, 1))
        if item.group and item.group not in seen:
            seen.add(item.group)
            row.append((item.group, sum(i.group == item.group for i in items), 1))
        row.append((item.label, 1, 1 if item.group else 2 if is_result else 3))
        rows.append([*row, *((number(), 1, 1) for _ in range(7))])
    return rows


def _disputes(number: Callable[[], str]) -> list[list[tuple[str, int, int]]]:
    columns = [column.label for column in DISPUTE_COLUMNS]
    return [
        [("行政复议", 1, 5), ("行政诉讼", 1, 10)],
        [*((c, 2, 1) for c in columns), ("未经复议直接起诉", 1, 5), ("复议后起诉", 1, 5)],
        [(column, 1, 1) for column in columns * 2],
        [(number(), 1, 1) for _ in range(15)],
    ]
