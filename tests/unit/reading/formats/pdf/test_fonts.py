"""Fonts that a file names but does not carry: read alike whatever fonts the machine has."""

from __future__ import annotations

from itertools import pairwise

import pytest
from reportlab.pdfbase.pdfmetrics import stringWidth

from duban.reading.formats.pdf.characters import read_characters
from duban.reading.formats.pdf.source import opened, page_of, text_of

BOUNDS = (0.0, 0.0, 595.0, 842.0)


def characters(data: bytes):
    with opened(data) as document, page_of(document, 0) as page, text_of(page, 1) as text:
        return read_characters(text, bounds=BOUNDS, shown_quarters=0, may_hide=False).characters


def test_characters_printed_one_by_one_are_all_read(named_only, document, prose):
    assert prose(document(named_only)) == ["政府信"]


@pytest.mark.parametrize("text", ["行政规范性文件", "2024年", "see No. 711", "　信息 公开"])
def test_a_character_is_as_wide_as_the_file_says(sheet, text):
    found = characters(sheet.text(72, 100, text, size=9).bytes())

    assert "".join(character.text for character in found).split() == text.split()
    for one, after in pairwise(found):
        assert one.x1 == pytest.approx(after.x0, abs=0.01)


def test_text_on_its_side_has_the_same_widths(sheet):
    sheet.canvas.translate(300, 300)
    sheet.canvas.rotate(90)
    sheet.canvas.setFont("STSong-Light", 10)
    sheet.canvas.drawString(0, 0, "办理结果")

    found = characters(sheet.bytes())

    assert [character.text for character in found] == list("办理结果")
    assert [character.x1 - character.x0 for character in found] == pytest.approx([10] * 4, abs=0.01)


@pytest.mark.parametrize("font", ["Helvetica", "Times-Bold", "Courier"])
def test_the_standard_fonts_keep_their_own_widths(sheet, font):
    sheet.canvas.setFont(font, 12)
    sheet.canvas.drawString(72, 700, "Annual report 2024")

    found = characters(sheet.bytes())

    width = stringWidth("Annual report 2024", font, 12)
    assert found[-1].x1 - found[0].x0 == pytest.approx(width, abs=0.5)
