from __future__ import annotations

import io
import struct
import subprocess
import sys
import zipfile
from collections.abc import Callable
from typing import get_args

import pytest

from duban.domain.document import Media
from duban.errors import UnreadableError
from duban.reading.formats import READERS, archive
from duban.reading.formats import docx as reader
from duban.reading.sniff import sniff

Docx = Callable[..., bytes]
BODY = "<w:p><w:r><w:t>一、总体情况</w:t></w:r></w:p>"


def refusal(data: bytes) -> UnreadableError:
    with pytest.raises(UnreadableError) as caught:
        READERS[sniff(data)](data)
    return caught.value


def repacked(data: bytes, **replaced: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(data))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name in source.namelist():
            key = name.rsplit("/", 1)[-1].split(".")[0]
            made.writestr(name, replaced.get(key, source.read(name)))
    return buffer.getvalue()


def test_every_format_has_a_reader_or_a_refusal() -> None:
    assert set(READERS) == set(get_args(Media))


@pytest.mark.parametrize("media", ["doc", "wps", "rtf", "odt", "xlsx", "ofd", "zip", "unknown"])
def test_formats_without_a_reader_say_what_to_do(media: Media) -> None:
    with pytest.raises(UnreadableError) as caught:
        READERS[media](b"something")
    assert caught.value.code == "unsupported"
    assert "请" in caught.value.message
    assert caught.value.message.endswith("。")


@pytest.mark.parametrize("data", [b"", b"\n\n  ", b"\xef\xbb\xbf", b"\0" * 40])
def test_a_file_of_nothing_is_empty(data: bytes) -> None:
    assert refusal(data).code == "empty"


def test_a_picture_is_named_as_such() -> None:
    assert "图片" in refusal(b"\x89PNG\r\n\x1a\n" + bytes(50)).message


def test_a_truncated_docx_is_told(docx: Docx) -> None:
    data = docx(BODY)
    assert refusal(data[: len(data) - 30]).code == "truncated"
    assert refusal(data[:200]).code == "truncated"


def test_a_locked_docx_is_told() -> None:
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le")
    assert refusal(data).code == "encrypted"


def test_a_docx_with_an_encrypted_entry_is_told(docx: Docx) -> None:
    data = bytearray(docx(BODY))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(signature, at + 4)
    assert refusal(bytes(data)).code == "encrypted"


@pytest.mark.parametrize(
    "document",
    [b"", b"<w:document", b"no xml", b"<a/>", b"\xff\xfe\x00",
     b"<?xml version='1.0' encoding='x'?><a/>"],
)  # fmt: skip
def test_a_docx_whose_text_cannot_be_parsed_is_corrupt(docx: Docx, document: bytes) -> None:
    assert refusal(repacked(docx(BODY), document=document)).code == "corrupt"


def test_a_docx_without_its_main_part_is_corrupt() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("word/other.xml", "<a/>")
    assert refusal(buffer.getvalue()).code == "corrupt"


def test_damaged_bytes_inside_the_main_part_are_corrupt(docx: Docx) -> None:
    data = bytearray(docx(BODY * 50))
    at = data.find(b"word/document.xml") + 40
    data[at : at + 20] = b"\x55" * 20
    assert refusal(bytes(data)).code == "corrupt"


def test_broken_styles_and_numbering_do_not_lose_the_text(docx: Docx) -> None:
    data = docx(BODY, styles="<w:style/>", numbering="<w:num/>")
    document = reader.read(repacked(data, styles=b"<broken", numbering=b"\0"))
    assert document.blocks[0].text == "一、总体情况"  # type: ignore[union-attr]


def test_entities_are_never_expanded(docx: Docx) -> None:
    laughs = (
        '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    )
    assert refusal(docx(BODY, prologue=laughs)).code == "corrupt"
    wide = f'<?xml version="1.0" encoding="UTF-16"?>{laughs}<w:document/>'.encode("utf-16")
    assert refusal(repacked(docx(BODY), document=wide)).code == "corrupt"


def test_relations_to_the_outside_are_not_followed(docx: Docx) -> None:
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="r" Type="x/officeDocument" TargetMode="External" '
        b'Target="http://127.0.0.1:9/x"/></Relationships>'
    )
    data = repacked(docx(BODY))
    buffer = io.BytesIO()
    source = zipfile.ZipFile(io.BytesIO(data))
    with zipfile.ZipFile(buffer, "w") as made:
        for name in source.namelist():
            made.writestr(name, relations if name == "_rels/.rels" else source.read(name))
    assert reader.read(buffer.getvalue()).blocks


def test_a_bomb_of_zeros_is_refused_before_it_expands(docx: Docx) -> None:
    data = repacked(docx(BODY), document=b"<a>" + b" " * 30_000_000)
    assert len(data) < 100_000
    assert refusal(data).code == "expands_too_far"


def test_a_bomb_that_lies_about_its_size_is_stopped(docx: Docx) -> None:
    bomb = repacked(docx(BODY), document=b"<a>" + b" " * 30_000_000)
    data = bytearray(bomb)
    for signature, name_offset, size_offset in ((b"PK\x03\x04", 30, 22), (b"PK\x01\x02", 46, 24)):
        at = data.find(signature)
        while at >= 0:
            if data[at + name_offset : at + name_offset + 17] == b"word/document.xml":
                data[at + size_offset : at + size_offset + 4] = struct.pack("<L", 1000)
            at = data.find(signature, at + 4)
    assert refusal(bytes(data)).code in {"expands_too_far", "corrupt"}


def test_an_archive_of_countless_entries_is_refused(docx: Docx) -> None:
    buffer = io.BytesIO(docx(BODY))
    with zipfile.ZipFile(buffer, "a") as made:
        for number in range(archive.MOST_ENTRIES + 1):
            made.writestr(f"x/{number}", b"")
    with pytest.raises(UnreadableError) as caught:
        reader.read(buffer.getvalue())
    assert caught.value.code == "expands_too_far"


def test_every_refusal_is_one_sentence_that_says_what_to_do(docx: Docx) -> None:
    for data in (b"", docx(BODY)[:300], b"{\\rtf1}", b"\xff\xd8\xff" + bytes(9)):
        message = refusal(data).message
        assert message.count("。") == 1
        assert "请" in message


def test_reading_a_docx_imports_no_other_format() -> None:
    code = (
        "import sys\n"
        "from duban.reading.sniff import sniff\n"
        "from duban.reading.formats import READERS\n"
        "try:\n READERS['docx'](b'PK')\n"
        "except Exception as error: pass\n"
        "others = ('pypdfium2', 'duban.reading.formats.pdf', 'duban.reading.formats.html')\n"
        "print([name for name in sys.modules if name.startswith(others)])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_docx_that_only_embeds_a_page_is_refused(docx: Docx) -> None:
    assert refusal(docx('<w:altChunk w:id="r9"/>')).code == "unsupported"
    assert reader.read(docx(BODY + '<w:altChunk w:id="r9"/>')).blocks


def test_a_page_saved_as_one_file_is_named_and_refused() -> None:
    page = b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n<html><p>=E6=94=BF</p>"
    assert "mht" in refusal(page).message
