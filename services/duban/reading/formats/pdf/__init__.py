"""PDF with text → Document: ruled tables as grids, the rest as paragraphs, nothing guessed.

Text printed invisibly over a picture is somebody's character recognition of a scan; its
numbers cannot be trusted, so such a page counts as a page without text.
"""

from __future__ import annotations

import pypdfium2.raw as pdfium

from duban.domain.document import Document
from duban.errors import UnreadableError
from duban.reading.formats.pdf.flow import blocks_of
from duban.reading.formats.pdf.page import read_page
from duban.reading.formats.pdf.source import opened, page_of


def read(data: bytes) -> Document:
    """The document of the bytes of a PDF; raises UnreadableError and nothing else."""
    with opened(data) as document:
        pages = []
        for index in range(pdfium.FPDF_GetPageCount(document)):
            with page_of(document, index) as page:
                pages.append(read_page(page, index + 1))
    blank = sum(page.is_blank for page in pages)
    readable = sum(page.is_readable for page in pages)
    if blank == len(pages):
        raise UnreadableError("empty", "PDF 的页面全是空白：请用原文件重新导出 PDF。")
    if not readable:
        raise UnreadableError(
            "scanned", "PDF 中没有可读的文字（多为扫描件或图片）：请提供由原文件导出的 PDF。"
        )
    # A blank page hides no text: it counts as read.
    return Document(
        media="pdf", blocks=blocks_of(pages), pages=len(pages), pages_with_text=readable + blank
    )
