from __future__ import annotations

import pytest

from duban.reading.formats.encoding import decode

TEXT = "政府信息公开工作年度报告，全年受理申请24件。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_text_is_read_in_its_real_encoding_without_a_declaration(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_told_by_its_zero_bytes(encoding: str) -> None:
    assert decode((TEXT * 20 + "一、总体情况　　一、一、一").encode(encoding)).startswith(TEXT)


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "no-such-charset", "base64", "rot13"])
def test_a_wrong_declaration_does_not_spoil_gbk(declared: str) -> None:
    page = f'<meta charset="{declared}">{TEXT}'
    assert TEXT in decode(page.encode("gbk"))


def test_a_gbk_declaration_does_not_spoil_utf_8() -> None:
    page = f'<meta http-equiv="Content-Type" content="text/html; charset=gb2312">{TEXT}'
    assert TEXT in decode(page.encode("utf-8"))


def test_characters_outside_gb2312_are_read_on_a_page_that_declares_it() -> None:
    page = '<meta charset="gb2312"><p>镕、﹑、䶮</p>'
    assert "镕、﹑、䶮" in decode(page.encode("gb18030"))


def test_declared_big5_is_read_as_such() -> None:
    page = '<meta charset="big5"><p>政府資訊公開年度報告</p>' + "行政復議與行政訴訟情況" * 10
    assert "政府資訊公開年度報告" in decode(page.encode("big5"))


def test_one_spoilt_byte_does_not_turn_utf_8_into_mojibake() -> None:
    data = (TEXT * 10).encode("utf-8")
    assert TEXT in decode(data[:300] + b"\xff" + data[300:])


def test_text_cut_inside_a_character_stays_utf_8() -> None:
    assert decode((TEXT * 3).encode("utf-8")[:-3]).startswith(TEXT)


def test_a_western_page_is_not_taken_for_chinese() -> None:
    assert decode("© 2024 Café – résumé of the page\n".encode("cp1252")).startswith("© 2024 Café")


def test_bytes_that_are_no_text_at_all_still_give_a_string() -> None:
    assert isinstance(decode(bytes(range(256)) * 10), str)
    assert decode(b"") == ""
