"""Opening a PDF: its errors in the terms of the check output, everything closed after use."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any

import pypdfium2.raw as pdfium

from duban.errors import UnreadableError
from duban.reading.formats.pdf.fonts import use_no_fonts_of_the_machine

MOST_PAGES = 500
_HEADER_WITHIN = 1024  # bytes before %PDF- that readers of PDF accept
_LOCKED = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
_MOST_ANNOTATIONS = 1000
# PDFium keeps state of its own and must not be entered by two threads at a time.
_ONE_AT_A_TIME = Lock()


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """The PDFium document of the bytes; UnreadableError where it cannot be opened."""
    if not data:
        raise UnreadableError("empty", "PDF 文件是空的（0 字节）：请重新下载或重新上传。")
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise UnreadableError("corrupt", "文件不是有效的 PDF：请用原文件重新导出 PDF。")
    with _ONE_AT_A_TIME:
        use_no_fonts_of_the_machine()
        buffer = ctypes.create_string_buffer(data, len(data))
        document = _open(buffer, data)
        try:
            pages = pdfium.FPDF_GetPageCount(document)
            if pages > MOST_PAGES:
                raise UnreadableError(
                    "too_large",
                    f"PDF 有 {pages} 页，超过 {MOST_PAGES} 页的上限：请只提供年度报告本身。",
                )
            if pages < 1:
                raise UnreadableError("corrupt", "PDF 中没有页面：请用原文件重新导出 PDF。")
            yield document
        finally:
            pdfium.FPDF_CloseDocument(document)


def _open(buffer: Any, data: bytes) -> Any:
    document = pdfium.FPDF_LoadMemDocument64(buffer, len(data), None)
    if not document and pdfium.FPDF_GetLastError() in _LOCKED:
        raise UnreadableError("encrypted", "PDF 已加密，需要密码才能打开：请提供未加密的文件。")
    # PDFium opens what is left of a cut file, in which pages or tables may be missing.
    if not _is_whole(data):
        if document:
            pdfium.FPDF_CloseDocument(document)
        raise UnreadableError("truncated", "PDF 不完整，结尾缺失：请重新下载或重新上传。")
    if not document:
        raise UnreadableError("corrupt", "PDF 已损坏，无法打开：请用原文件重新导出 PDF。")
    return document


@contextmanager
def page_of(document: Any, index: int) -> Iterator[Any]:
    """Page `index` from 0; UnreadableError("corrupt") where it cannot be loaded."""
    page = _load(document, index)
    try:
        # What was filled into a form or written over the page is text of the page too, but
        # only after PDFium has put it there and parsed the page again.
        if _has_overlay(page) and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY) == (
            pdfium.FLATTEN_SUCCESS
        ):
            pdfium.FPDF_ClosePage(page)
            page = None
            page = _load(document, index)
        yield page
    finally:
        if page:
            pdfium.FPDF_ClosePage(page)


def _load(document: Any, index: int) -> Any:
    page = pdfium.FPDF_LoadPage(document, index)
    if not page:
        raise UnreadableError("corrupt", f"PDF 第 {index + 1} 页已损坏：请用原文件重新导出 PDF。")
    return page


def _has_overlay(page: Any) -> bool:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), _MOST_ANNOTATIONS)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(annotation) if annotation else 0
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)
        if kind in (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT):
            return True
    return False


@contextmanager
def text_of(page: Any, number: int) -> Iterator[Any]:
    """The text page of page `number`."""
    text = pdfium.FPDFText_LoadPage(page)
    if not text:
        raise UnreadableError("corrupt", f"PDF 第 {number} 页的文字已损坏：请重新导出 PDF。")
    try:
        yield text
    finally:
        pdfium.FPDFText_ClosePage(text)


def _is_whole(data: bytes) -> bool:
    """Whether the file's end mark follows its last object; more may follow the mark."""
    return data.rfind(b"%%EOF") > max(data.rfind(b"endobj"), data.rfind(b" obj"))
