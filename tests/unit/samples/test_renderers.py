from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from copy import deepcopy

import pytest
from docx import Document
from lxml import html
from pypdfium2 import PdfDocument

from duban.reading.formats.encoding import decode
from duban.reading.reader import read
from duban.samples import truth
from duban.samples.chance import chance
from duban.samples.encoding import ENCODINGS
from duban.samples.manuscript import Manuscript
from duban.samples.oddities import rare_characters
from duban.samples.render.lines import LineStyle, text_bytes
from duban.samples.render.page import STYLES, PageStyle, html_bytes
from duban.samples.render.pdf import PdfStyle, pdf_bytes
from duban.samples.render.word import WordStyle, docx_bytes

PAGES = [PageStyle(style) for style in STYLES] + [
    PageStyle("word", "gb18030", half_width=True, breaks=True, blanks=True),
    PageStyle("split", "gb18030", breaks=True, meta=False),
]
READ_BACK = [PageStyle(style, name) for style in ("mso", "wps") for name in ENCODINGS]
READ_BACK += [PageStyle("clean", name) for name in ENCODINGS]
WORDS = [
    WordStyle(),
    WordStyle(split=True, headings=False),
    WordStyle(nested=True),
    WordStyle(framed=True, torn=True),
    WordStyle(shifted=True, revised=True),
    WordStyle(nested=True, framed=True, shifted=True, torn=True, revised=True),
]
PDFS = [PdfStyle(), PdfStyle(vertical=True, dashes=False, size=14)]
LINES = [
    LineStyle("cells"),
    LineStyle("cells", blanks=True, broken=True),
    LineStyle("tabs"),
    LineStyle("markdown"),
]


def some(papers: list[Manuscript]) -> list[Manuscript]:
    """Twelve reports of all forms and sizes."""
    return papers[::25]


def values(paper: Manuscript) -> Counter[str]:
    return Counter(text for text in paper.cells.values() if text)


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\u200b]", "", text)


def prose(paper: Manuscript) -> list[str]:
    return [
        squeezed(line)
        for part in paper.parts
        for line in (part.heading, *(t for p in part.paragraphs for t in p.lines()))
    ]


@pytest.mark.parametrize("style", PAGES, ids=str)
def test_html_holds_every_value_and_every_sentence(
    papers: list[Manuscript], style: PageStyle
) -> None:
    for paper in some(papers):
        data = html_bytes(paper, style)
        assert f'charset="{style.encoding}"'.encode() in data
        tree = html.fromstring(data.decode(style.encoding))
        cells = Counter(
            squeezed(str(cell.text_content()))
            for cell in tree.iter("td", "th")
            if not cell.xpath(".//table")
        )
        assert values(paper) <= cells
        text = squeezed(str(tree.text_content()))
        for line in prose(paper):
            assert line in text


@pytest.mark.parametrize("style", WORDS, ids=str)
def test_docx_holds_every_value_and_every_sentence(
    papers: list[Manuscript], style: WordStyle
) -> None:
    for paper in some(papers)[:4]:
        document = Document(io.BytesIO(docx_bytes(paper, style)))
        cells: Counter[str] = Counter()
        for element in document.element.body.iter("{*}tc"):
            if not element.findall(".//{*}tbl"):
                cells["".join(t.text or "" for t in element.iter("{*}t"))] += 1
        assert values(paper) <= cells
        text = squeezed("".join(t.text or "" for t in document.element.body.iter("{*}t")))
        for line in prose(paper):
            assert line in text


def test_word_numbers_the_headings_itself_where_the_agency_does(papers: list[Manuscript]) -> None:
    automatic = next(paper for paper in papers if paper.auto_number)
    data = docx_bytes(automatic, WordStyle())
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        body = archive.read("word/document.xml").decode()
        numbering = archive.read("word/numbering.xml").decode()
    assert body.count("<w:numPr>") == 6
    assert "chineseCounting" in numbering
    assert "一、" + automatic.parts[0].heading not in body
    typed = next(paper for paper in papers if not paper.auto_number)
    with zipfile.ZipFile(io.BytesIO(docx_bytes(typed, WordStyle()))) as archive:
        assert "一、" + typed.parts[0].heading in archive.read("word/document.xml").decode()


@pytest.mark.parametrize("style", PDFS, ids=str)
def test_pdf_holds_every_value_and_every_sentence(
    papers: list[Manuscript], style: PdfStyle
) -> None:
    for paper in some(papers)[:6]:
        document = PdfDocument(pdf_bytes(paper, style))
        pages = [page.get_textpage().get_text_bounded() for page in document]
        assert len(pages) >= 2
        footer = re.compile(r"(- \d+ -|^\d+$)\s*", re.MULTILINE if style.dashes else 0)
        text = squeezed("".join(footer.sub("", page, count=1) for page in pages))
        for heading in (part.printed_heading() for part in paper.parts):
            assert squeezed(heading) in text
        words = Counter(re.findall(r"[+-]?[\d,]+(?:\.\d+)?", " ".join(pages)))
        short = {t: n for t, n in (values(paper) - words).items() if n}
        assert not short


@pytest.mark.parametrize("style", LINES, ids=str)
def test_text_holds_every_value_and_every_sentence(
    papers: list[Manuscript], style: LineStyle
) -> None:
    for paper in some(papers):
        text = text_bytes(paper, style).decode()
        cells = Counter(piece.strip() for piece in re.split(r"[\t\n|]", text))
        assert values(paper) <= cells
        for line in prose(paper):
            assert line in squeezed(text)


def test_the_same_report_gives_the_same_bytes(papers: list[Manuscript]) -> None:
    paper = papers[7]
    assert docx_bytes(paper, WordStyle()) == docx_bytes(paper, WordStyle())
    assert pdf_bytes(paper, PdfStyle()) == pdf_bytes(paper, PdfStyle())
    assert html_bytes(paper, PAGES[0]) == html_bytes(paper, PAGES[0])


def test_entries_of_a_docx_carry_one_fixed_time(papers: list[Manuscript]) -> None:
    with zipfile.ZipFile(io.BytesIO(docx_bytes(papers[0], WordStyle()))) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_blank_cell_is_printed_blank(papers: list[Manuscript]) -> None:
    paper = papers[9]
    paper.cells["applications.results.refused.state_secret.other_org"] = ""
    try:
        tree = html.fromstring(html_bytes(paper, PageStyle("clean")).decode())
        row = next(r for r in tree.iter("tr") if "1.属于国家秘密" in str(r.text_content()))
        texts = [str(cell.text_content()).strip() for cell in row.iter("td")]
        assert texts[-2] == ""
    finally:
        paper.cells["applications.results.refused.state_secret.other_org"] = "0"


def cells_read(data: bytes) -> dict[str, tuple[str, float | None]]:
    report = read(data).reading.report
    assert report is not None
    return {
        f"{name}.{path}": (cell.kind, cell.value)
        for name, table in report.tables.items()
        if table is not None
        for path, cell in table.cells.items()
    }


def cells_printed(paper: Manuscript) -> dict[str, tuple[str, float | None]]:
    return {p: (c["kind"], c["value"]) for p, t in paper.cells.items() for c in [truth.cell(t)]}


@pytest.mark.parametrize("style", READ_BACK, ids=lambda s: f"{s.table}-{s.encoding}")
def test_every_cell_of_an_exported_page_is_read_in_every_encoding(
    papers: list[Manuscript], style: PageStyle
) -> None:
    for paper in papers[::43]:
        odd = deepcopy(paper)
        assert rare_characters(odd, chance("rare", style.encoding)) is not None
        assert cells_read(html_bytes(odd, style)) == cells_printed(odd)


@pytest.mark.parametrize("style", WORDS, ids=str)
def test_every_cell_of_a_document_is_read_however_its_tables_are_built(
    papers: list[Manuscript], style: WordStyle
) -> None:
    for paper in papers[::43]:
        assert cells_read(docx_bytes(paper, style)) == cells_printed(paper)


def test_rare_characters_are_printed_and_read_in_every_encoding(papers: list[Manuscript]) -> None:
    for name in ENCODINGS:
        paper = deepcopy(papers[4])
        rare_characters(paper, chance("rare"))
        words = paper.parts[4].paragraphs[-1].sentences[0].text()
        assert words.encode("gb18030").decode("gb18030") == words
        with pytest.raises(UnicodeEncodeError):
            words.encode("gbk")
        assert words in decode(html_bytes(paper, PageStyle("clean", name)))
