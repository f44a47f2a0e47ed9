from __future__ import annotations

import pytest

from duban.domain.document import Paragraph
from duban.domain.text import normal
from duban.reading.formats.pdf.glyph import UNKNOWN, plain

FULL = "本报告根据条例编制，统计期限自一月一日起至十二月三十一日止，如"  # as wide as the page


def test_wrapped_lines_are_one_paragraph_and_headings_their_own(sheet, document, prose):
    sheet.text(96, 100, "一、总体情况")
    sheet.prose(120, f"　　{FULL[:-2]}", FULL, "有疑问请联系。").text(
        96, 180, "（一）主动公开。全年"
    )

    assert prose(document(sheet.bytes())) == [
        "一、总体情况",
        f"{FULL[:-2]}{FULL}有疑问请联系。",
        "（一）主动公开。全年",
    ]


def test_a_paragraph_cut_by_the_page_is_one_and_knows_its_first_page(sheet, document):
    sheet.prose(740, f"　　{FULL[:-2]}", FULL).text(290, 815, "- 1 -").page()
    sheet.prose(80, "顺延到下年度答复103件。").text(290, 815, "- 2 -")

    text = [b for b in document(sheet.bytes()).blocks if not b.furniture]

    assert len(text) == 1
    assert text[0].text.endswith(f"{FULL}顺延到下年度答复103件。")
    assert text[0].at.page == 1


def test_numbers_and_letters_keep_only_the_blanks_that_are_printed(sheet, document, prose):
    sheet.text(72, 100, "2024 年受理 3119 件, see No. 711")

    assert prose(document(sheet.bytes())) == ["2024年受理3119件, see No. 711"]


@pytest.mark.parametrize("number", ["- {} -", "—{}—", "{}", "第 {} 页", "第{}页 共3页", "{} / 3"])
def test_page_numbers_are_furniture(sheet, document, number):
    for page in range(3):
        sheet.prose(100, f"　　{FULL}").text(290, 815, number.format(page + 1)).page()

    blocks = document(sheet.bytes()).blocks

    assert [normal(block.text) for block in blocks if block.furniture] == [
        normal(number.format(page + 1)) for page in range(3)
    ]


def test_running_heads_are_furniture(sheet, document):
    for page in range(3):
        sheet.text(72, 50, "某市人民政府年度报告").prose(100, f"　　第{page}节，{FULL}").page()

    blocks = document(sheet.bytes()).blocks

    assert sum(block.furniture for block in blocks) == 3


def test_a_number_within_the_text_is_not_furniture(sheet, document, prose):
    sheet.prose(100, f"　　{FULL}").text(72, 400, "12")

    assert "12" in prose(document(sheet.bytes()))


def test_a_clearly_larger_line_is_a_heading(sheet, document):
    sheet.text(150, 80, "某市2024年政府信息公开工作年度报告", 20)
    sheet.prose(120, f"　　{FULL[:-2]}", FULL, FULL)

    title, body = document(sheet.bytes()).blocks

    assert title.heading == 1
    assert body.heading is None


def test_two_columns_are_read_one_after_the_other(sheet, document, prose):
    left = [f"左栏第{n}行文字连续不断一直写到栏边为止" for n in "一二三四五六七八九十"]
    right = [f"右栏第{n}行文字连续不断一直写到栏边为止" for n in "一二三四五六七八九十"]
    sheet.prose(100, *left, x=50).prose(100, *right, x=320)

    sheet.text(290, 815, "- 1 -")
    text = "".join(prose(document(sheet.bytes())))

    assert text == "".join(left + right)


def test_characters_printed_twice_for_boldness_are_read_once(sheet, document, prose):
    sheet.text(72, 100, "总计11件").text(72.4, 100, "总计11件").text(72.2, 100.3, "总计11件")

    assert prose(document(sheet.bytes())) == ["总计11件"]


def test_a_watermark_across_the_page_is_left_out(sheet, document, prose):
    sheet.text(72, 400, "行政许可447228件")
    sheet.canvas.saveState()
    sheet.canvas.translate(60, 842 - 430)
    sheet.canvas.rotate(40)
    sheet.canvas.drawString(0, 0, "1234567890")
    sheet.canvas.restoreState()

    assert prose(document(sheet.bytes())) == ["行政许可447228件"]


def test_text_outside_the_page_is_not_printed(sheet, document, prose):
    sheet.text(72, 100, "第一行").text(72, -50, "页外").text(700, 100, "页外")

    assert prose(document(sheet.bytes())) == ["第一行"]


@pytest.mark.parametrize(
    ("printed", "character"),
    [
        ("\u2f00", "一"), ("\u2eda", "页"), ("\u2ed3", "长"), ("\uf914", "樂"),
        ("\u2fa6", "金"), ("\u2ea0", "民"), ("\ufb01", "fi"), ("\u00a0", " "), ("０", "０"),
    ],
)  # fmt: skip
def test_code_points_of_radicals_are_plain_characters(printed, character):
    assert plain(ord(printed)) == character


@pytest.mark.parametrize("code", [0, 1, 0xE000, 0xD800, 0x10FFFF])
def test_code_points_without_a_meaning_are_unknown(code):
    assert plain(code) == UNKNOWN


def test_every_paragraph_has_a_place(sheet, document):
    sheet.prose(100, f"　　{FULL}", FULL).page().text(72, 90, "第二页")

    for block in document(sheet.bytes()).blocks:
        assert isinstance(block, Paragraph)
        assert block.at.page is not None
        assert block.at.box is not None
