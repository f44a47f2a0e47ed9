from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reportlab.lib.pdfencrypt import StandardEncryption

from duban.errors import UnreadableError
from duban.reading.formats.pdf import drawing, read
from duban.reading.formats.pdf import source as opening

CODES = {"read", "empty", "corrupt", "truncated", "encrypted", "scanned", "too_large"}
XS, YS = (72, 250, 400), (100, 130, 160)
ROWS = [["信息内容", "本年制发件数"], ["规章", "1"]]


def outcome(data: bytes) -> str:
    try:
        read(data)
    except UnreadableError as error:
        return error.code
    return "read"


def code_of(data: bytes) -> str:
    with pytest.raises(UnreadableError) as caught:
        read(data)
    assert "。" in caught.value.message
    return caught.value.code


@pytest.fixture
def small(sheet, source) -> bytes:
    return sheet.text(72, 60, "一、总体情况").table(XS, YS, source(ROWS)).bytes()


def test_no_bytes_are_empty():
    assert code_of(b"") == "empty"


@pytest.mark.parametrize("data", [b"<html>", b"PK\x03\x04", b"\x00" * 5000, b"%PD"])
def test_other_bytes_are_corrupt(data):
    assert code_of(data) == "corrupt"


def test_a_file_cut_off_within_is_truncated(small):
    assert code_of(b"%PDF-1.4\n" + b"1 0 obj\n<<") == "truncated"
    assert code_of(small[:-200]) == "truncated"


def test_a_file_of_which_only_the_end_is_missing_is_not_read_in_part(small):
    """What is left may open, but its missing pages must not become faults of the report."""
    assert code_of(small[: small.rindex(b"startxref")]) == "truncated"


def test_bytes_after_the_end_do_no_harm(small):
    assert read(small + b"\n<!-- served by a portal -->" + b"\0" * 4000).pages == 1


def test_a_password_is_needed_means_encrypted(make_sheet):
    sheet = make_sheet(encrypt=StandardEncryption("secret", ownerPassword="owner"))

    assert code_of(sheet.text(72, 60, "一、总体情况").bytes()) == "encrypted"


def test_a_file_locked_against_change_only_is_read(make_sheet, prose):
    sheet = make_sheet(encrypt=StandardEncryption("", ownerPassword="owner", canCopy=0))

    assert prose(read(sheet.text(72, 60, "总体情况").bytes())) == ["总体情况"]


def test_pictures_without_text_are_scanned(sheet, picture):
    sheet.canvas.drawImage(picture, 0, 0, 595, 842)

    assert code_of(sheet.bytes()) == "scanned"


def test_text_hidden_behind_a_picture_is_a_scan(sheet, picture):
    sheet.canvas.drawImage(picture, 0, 0, 595, 842)
    text = sheet.canvas.beginText(72, 700)
    text.setFont("Helvetica", 12)
    text.setTextRenderMode(3)
    text.textLine("447228")
    sheet.canvas.drawText(text)

    assert code_of(sheet.bytes()) == "scanned"


def test_a_scan_with_a_printed_page_number_is_still_a_scan(sheet, picture):
    sheet.canvas.drawImage(picture, 0, 0, 595, 842)

    assert code_of(sheet.text(290, 815, "- 1 -").bytes()) == "scanned"


def test_a_scan_in_strips_is_a_scan(sheet, picture):
    for n in range(10):
        sheet.canvas.drawImage(picture, 0, n * 84, 595, 84)

    assert code_of(sheet.text(290, 815, "第1页").bytes()) == "scanned"


def test_text_drawn_as_curves_is_scanned(sheet):
    path = sheet.canvas.beginPath()
    for n in range(40):
        path.moveTo(100 + n * 10, 600)
        path.curveTo(100 + n * 10, 610, 108 + n * 10, 610, 108 + n * 10, 600)
    sheet.canvas.drawPath(path, fill=1, stroke=0)

    assert code_of(sheet.bytes()) == "scanned"


def test_blank_pages_are_empty(sheet):
    assert code_of(sheet.page().page().bytes()) == "empty"


def test_too_many_pages_are_too_large(sheet, monkeypatch):
    monkeypatch.setattr(opening, "MOST_PAGES", 2)
    for _ in range(3):
        sheet.text(72, 60, "页").page()

    assert code_of(sheet.bytes()) == "too_large"


def test_too_many_shapes_on_a_page_are_too_large(sheet, monkeypatch):
    monkeypatch.setattr(drawing, "MOST_SEGMENTS", 50)
    for n in range(60):
        sheet.line(10, n, 50, n)

    assert code_of(sheet.text(72, 60, "页").bytes()) == "too_large"


def test_characters_without_a_meaning_are_never_taken_for_digits(unmapped):
    """A font without ToUnicode gives glyph numbers that look like characters."""
    assert code_of(unmapped) == "scanned"


def test_forms_that_contain_themselves_end(nested):
    read(nested)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_file_cut_anywhere_is_read_or_refused(printed, data):
    end = data.draw(st.integers(0, len(printed)))
    assert outcome(printed[:end]) in CODES


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12
    )
)
def test_a_file_with_changed_bytes_is_read_or_refused(printed, changes):
    spoiled = bytearray(printed)
    for place, value in changes:
        spoiled[int(place * len(spoiled))] = value
    assert outcome(bytes(spoiled)) in CODES
