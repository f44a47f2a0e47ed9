"""One report's bytes in a format, in a style at random."""

from __future__ import annotations

from random import Random
from typing import Literal

from duban.samples.manuscript import Manuscript
from duban.samples.render.lines import Layout, LineStyle, text_bytes
from duban.samples.render.page import PageStyle, html_bytes
from duban.samples.render.pdf import PdfStyle, pdf_bytes
from duban.samples.render.word import WordStyle, docx_bytes

Format = Literal["html", "docx", "pdf", "text", "markdown"]
FORMATS: tuple[Format, ...] = ("html", "docx", "pdf")
ENDINGS: dict[Format, str] = {
    "html": "html", "docx": "docx", "pdf": "pdf", "text": "txt", "markdown": "md",
}  # fmt: skip
_TEXT_LAYOUTS: tuple[Layout, ...] = ("cells", "tabs")


def render(paper: Manuscript, media: Format, rng: Random, *, head: str = "") -> bytes:
    """One report's bytes in a format, in a style drawn from `rng`."""
    if media == "html":
        return html_bytes(paper, PageStyle.draw(rng), site=paper.agency.name, head=head)
    if media == "docx":
        return docx_bytes(paper, WordStyle.draw(rng))
    if media == "pdf":
        return pdf_bytes(paper, PdfStyle.draw(rng))
    layout: Layout = "markdown" if media == "markdown" else rng.choice(_TEXT_LAYOUTS)
    return text_bytes(paper, LineStyle.draw(rng, layout))
