from __future__ import annotations

import pypdfium2 as pdfium
import pytest

ROWS = [["信息内容", "本年制发件数"], ["规章", "1"], ["行政规范性文件", "26"]]
XS, YS = (72, 250, 400), (100, 130, 160, 190)


@pytest.fixture
def changed():
    """A file after a change to its first page through PDFium."""

    def change(data, how):
        import io

        with pdfium.PdfDocument(data) as document:
            how(document[0])
            out = io.BytesIO()
            document.save(out)
        return out.getvalue()

    return change


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_a_page_whose_content_is_turned_reads_upright(sheet, source, one_grid, same, quarters):
    """The text stands on its side on the paper: a wide table on a tall page."""
    canvas = sheet.canvas
    canvas.translate(595 / 2, 842 / 2)
    canvas.rotate(90 * quarters)
    canvas.translate(-595 / 2, -842 / 2)

    low = [y + 250 for y in YS]
    same(one_grid(sheet.table(XS, low, source(ROWS)).bytes()), source(ROWS))


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_page_shown_turned_reads_upright(sheet, source, one_grid, same, changed, degrees):
    data = changed(
        sheet.table(XS, YS, source(ROWS)).bytes(), lambda page: page.set_rotation(degrees)
    )

    same(one_grid(data), source(ROWS))


def test_a_box_is_where_the_page_shows_it(sheet, source, one_grid, changed):
    data = changed(sheet.table(XS, YS, source(ROWS)).bytes(), lambda page: page.set_rotation(90))

    box = next(cell.at.box for cell in one_grid(data).cells if cell.text == "26")

    # Turned clockwise, what was at the left foot comes to the left top.
    assert box == pytest.approx((842 - 190, 250, 842 - 160, 400), abs=0.5)


def test_a_cropped_page_counts_from_its_visible_corner(sheet, source, one_grid, changed, same):
    data = changed(
        sheet.table(XS, YS, source(ROWS)).bytes(), lambda page: page.set_cropbox(50, 100, 595, 792)
    )

    grid = one_grid(data)

    same(grid, source(ROWS))
    assert grid.at.box == pytest.approx((22, 50, 350, 140), abs=0.5)


def test_fields_filled_in_a_form_are_text(sheet, source, one_grid):
    sheet.table(XS[:3], YS[:2], source([["规章", ""]]))
    sheet.canvas.acroForm.textfield(
        value="26", x=255, y=842 - 128, width=100, height=24, borderWidth=0, fontSize=10
    )

    assert [cell.text for cell in one_grid(sheet.bytes()).cells] == ["规章", "26"]


def test_pictures_large_enough_for_text_are_told(sheet, document, picture):
    sheet.text(72, 60, "一、总体情况").canvas.drawImage(picture, 72, 200, 400, 300)
    sheet.canvas.drawImage(picture, 500, 20, 20, 20)

    data = sheet.bytes()
    found = [block for block in document(data).blocks if block.__class__.__name__ == "Picture"]

    assert [p.at.box for p in found] == [pytest.approx((72, 342, 472, 642), abs=0.5)]


def test_pages_with_pictures_only_are_counted_as_without_text(sheet, document, picture):
    sheet.text(72, 60, "一、总体情况").page()
    sheet.canvas.drawImage(picture, 0, 0, 595, 842)

    result = document(sheet.bytes())

    assert (result.pages, result.pages_with_text) == (2, 1)


def test_the_words_of_a_cover_on_a_picture_are_read(sheet, document, picture, prose):
    sheet.canvas.drawImage(picture, 0, 0, 595, 842)
    sheet.text(150, 300, "某市2024年年度报告", 24).page().text(72, 100, "一、总体情况")

    result = document(sheet.bytes())

    assert prose(result) == ["某市2024年年度报告", "一、总体情况"]
    assert result.pages_with_text == 1


def test_a_blank_page_hides_no_text(sheet, document):
    result = document(sheet.text(72, 100, "一、总体情况").page().text(72, 100, " ").page().bytes())

    assert (result.pages, result.pages_with_text) == (2, 2)
