from __future__ import annotations

import re

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


KOREAN = (
    "정보공개 연차보고서는 국민의 알 권리를 보장하고 국정운영의 투명성을 확보하기 위하여 "
    "작성되었다. 기관은 2024년도에 모두 이십사 건의 청구를 처리하였으며 담당 부서와 위원회에서 "
    "심의하였다. 24건\n"
)
JAPANESE = (
    "情報公開制度の運用状況について、令和六年度の開示請求件数は24件であり、市長が部分開示の決定を行った。"
    "県庁の窓口で閲覧することができます。サイトマップ お問い合わせ プライバシーポリシー\n"
)
TRADITIONAL = (
    "臺北市政府教育局單位預算及決算書、請願之處理結果、書面之公共工程及採購契約、支付或接受之補助，"
    "各機關應主動公開施政計畫、業務統計及研究報告，並於網站首頁公告，共24件。\n"
)
FOREIGN = [
    (KOREAN, "euc_kr"), (KOREAN, "cp949"), (JAPANESE, "shift_jis"), (JAPANESE, "euc_jp"),
    (TRADITIONAL, "big5"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "encoding"), FOREIGN)
def test_what_a_page_declares_is_honoured_where_its_bytes_fit(text: str, encoding: str) -> None:
    page = f'<meta charset="{encoding.replace("_", "-")}">{text}'
    assert decode(page.encode(encoding)) == page


@pytest.mark.parametrize(("text", "encoding"), FOREIGN[:-1])
@pytest.mark.parametrize("spoilt", [b"", b"\xff"])
@pytest.mark.parametrize("declared", ["", '<meta charset="gb2312">', '<meta charset="big5">'])
def test_a_page_of_no_encoding_we_know_is_never_read_into_invented_characters(
    text: str, encoding: str, spoilt: bytes, declared: str
) -> None:
    read = decode((declared + text * 3).encode(encoding) + spoilt)

    assert not re.search("[\u3400-\u9fff\uac00-\ud7a3]", read)
    assert "24" in read
    assert read.count("\ufffd") > 100


@pytest.mark.parametrize("declared", ["", '<meta charset="gb2312">', '<meta charset="utf-8">'])
def test_big5_without_or_with_a_wrong_declaration_is_told_by_its_characters(declared: str) -> None:
    assert decode((declared + TRADITIONAL).encode("big5")) == declared + TRADITIONAL


@pytest.mark.parametrize("declared", ["big5", "euc-kr", "shift-jis", "euc-jp", "windows-1251"])
def test_a_foreign_declaration_does_not_spoil_gb_18030(declared: str) -> None:
    page = f'<meta charset="{declared}">{TEXT * 2}'
    assert TEXT in decode(page.encode("gb18030"))


def test_names_of_fonts_do_not_hide_what_a_page_is_written_in() -> None:
    styles = "<style>" + "p{font-family:微软雅黑,方正小标宋,仿宋,宋体}" * 300 + "</style>"
    assert TEXT in decode((styles + TEXT).encode("gb18030"))


@pytest.mark.parametrize(
    "text", ["甲县财政局\t24\n", "岫岩满族自治县\t3\n", "濮阳、漯河、亳州、鄢陵\t0\n"]
)
def test_a_few_names_are_read_however_rare_their_characters_are(text: str) -> None:
    assert decode(text.encode("gb18030")) == text
