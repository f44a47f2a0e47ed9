from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from pypdfium2 import PdfDocument

from duban.errors import UsageError
from duban.samples.manuscript import Manuscript
from duban.samples.producers import converted_by_libreoffice, printed_by_chromium
from duban.samples.render.page import PageStyle, html_bytes
from duban.samples.render.word import WordStyle, docx_bytes


def numbers(data: bytes) -> Counter[str]:
    pages = [page.get_textpage().get_text_bounded() for page in PdfDocument(io.BytesIO(data))]
    return Counter(re.findall(r"[+-]?[\d,]+(?:\.\d+)?", " ".join(pages)))


def test_a_page_printed_by_a_browser_holds_every_value(
    papers: list[Manuscript], chromium: str
) -> None:
    paper = papers[10]
    data = printed_by_chromium(html_bytes(paper, PageStyle("word")), chromium)
    assert Counter(paper.cells.values()) <= numbers(data)


def test_a_document_converted_by_libreoffice_holds_every_value(
    papers: list[Manuscript], soffice: str
) -> None:
    paper = papers[10]
    data = converted_by_libreoffice(docx_bytes(paper, WordStyle()), "pdf", soffice)
    assert Counter(paper.cells.values()) <= numbers(data)


def test_a_program_that_cannot_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无法运行"):
        printed_by_chromium(b"<p>", str(tmp_path / "none"))
    with pytest.raises(UsageError, match=r"没有写出 report\.pdf"):
        converted_by_libreoffice(b"x", "pdf", "/bin/false")
