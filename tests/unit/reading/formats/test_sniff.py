from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable

import pytest

from duban.reading.sniff import sniff

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)


def archive(*names: str, **contents: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name in names:
            made.writestr(name, contents.get(name, "x"))
    return buffer.getvalue()


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html><body>报告</body></html>",
        "\n\n  <HTML><HEAD></HEAD>报告",
        '<?xml version="1.0"?><!DOCTYPE html PUBLIC "x"><html xmlns="y"><body>报告</body></html>',
        "<!-- 生成 --><div class='x'>报告</div>",
        "<p>片段</p><p>第二段</p>",
        "标题<br/>第一行<br/>第二行<p>正文</p>",
        "<table><tr><td>1</td></tr></table>",
        "<meta charset='gbk'>一、总体情况",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_pages_and_fragments_are_html_in_every_encoding(page: str, encoding: str) -> None:
    assert sniff(page.encode(encoding)) == "html"


def test_utf_16_pages_without_a_mark_are_html() -> None:
    page = "<html><body><p>政府信息公开工作年度报告</p></body></html>"
    assert sniff(page.encode("utf-16-le")) == "html"


@pytest.mark.parametrize(
    "text",
    [
        "一、总体情况\n全年受理申请24件。",
        "\t第二十条第（一）项\n\n\t信息内容\n\t本年制发件数\n",
        "a < b 且 c > d，共1件",
        "#1号文件 见附件 7*24小时",
        "——\n---\n一、总体情况",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_plain_text_is_text(text: str, encoding: str) -> None:
    assert sniff(text.encode(encoding)) == "text"


@pytest.mark.parametrize(
    "text",
    [
        "# 2023年报告\n\n正文",
        "正文\n\n| 项目 | 总计 |\n|---|:--:|\n| 新收 | 3 |\n",
        "**一、总体情况**\n\n正文",
        "## 三、收到和处理\n\n<table><tr><td>1</td></tr></table>\n",
    ],
)
def test_headings_and_pipe_tables_make_markdown(text: str) -> None:
    assert sniff(text.encode()) == "markdown"


def test_pdf_is_told_even_behind_some_rubbish() -> None:
    assert sniff(b"%PDF-1.7\n...") == "pdf"
    assert sniff(b"\r\n\r\n%PDF-1.4\n...") == "pdf"


@pytest.mark.parametrize(
    ("names", "media"),
    [
        (("[Content_Types].xml", "word/document.xml"), "docx"),
        (("[Content_Types].xml", "xl/workbook.xml"), "xlsx"),
        (("OFD.xml", "Doc_0/Document.xml"), "ofd"),
        (("报告.docx", "说明.txt"), "zip"),
    ],
)
def test_zip_archives_are_told_by_what_is_in_them(names: tuple[str, ...], media: str) -> None:
    assert sniff(archive(*names)) == media


def test_odt_is_told_by_its_declared_type() -> None:
    data = archive("mimetype", "content.xml", mimetype="application/vnd.oasis.opendocument.text")
    assert sniff(data) == "odt"


def test_a_truncated_docx_is_still_a_docx() -> None:
    data = archive("[Content_Types].xml", "word/document.xml", "word/styles.xml")
    assert sniff(data[: len(data) // 2]) == "docx"


def test_compound_files_are_told_by_their_streams() -> None:
    assert sniff(OLE + "WordDocument".encode("utf-16-le")) == "doc"
    assert sniff(OLE + "EncryptedPackage".encode("utf-16-le")) == "docx"
    assert sniff(OLE) == "unknown"


def test_rtf_is_rtf() -> None:
    assert sniff(b"{\\rtf1\\ansi ...}") == "rtf"


def test_word_saved_as_one_xml_file_is_not_html() -> None:
    data = b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument/>'
    assert sniff(data) == "doc"


@pytest.mark.parametrize(
    "data",
    [b"", b"  \r\n", b"\x89PNG\r\n\x1a\n" + bytes(100), b"\xff\xd8\xff\xe0" + bytes(100),
     b"GIF89a" + bytes(100)],
)  # fmt: skip
def test_nothing_and_pictures_are_unknown(data: bytes) -> None:
    assert sniff(data) == "unknown"


def test_random_bytes_are_unknown() -> None:
    source = random.Random(7)
    assert {sniff(source.randbytes(2000)) for _ in range(50)} == {"unknown"}


@pytest.mark.parametrize(
    ("name", "media"),
    [
        ("real/huaian_2024.pdf", "pdf"),
        ("real/official_template.docx", "docx"),
        ("real/shanghai_office_2019.html", "html"),
        ("real/shuyang_fgj_2023.html", "html"),
        ("seeds/001_310db4eb9bbae478.txt", "text"),
        ("seeds/003_c7cdc2898a3fcd12.txt", "text"),
    ],
)
def test_the_real_samples_are_told_apart(
    sample: Callable[[str], bytes], name: str, media: str
) -> None:
    assert sniff(sample(name)) == media
