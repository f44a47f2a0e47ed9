from __future__ import annotations

import io
from collections.abc import Callable

import docx as python_docx
import pytest

from duban.domain.document import Document, Grid, Paragraph, Picture
from duban.reading.formats import docx as reader

Docx = Callable[..., bytes]
Prose = Callable[[Document], list[str]]


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def r(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def test_runs_join_and_paragraphs_part(docx: Docx, prose: Prose) -> None:
    document = reader.read(docx(p(r("一、"), r("总体"), r("情况")) + p() + p(r(" 正文。 "))))

    assert prose(document) == ["一、总体情况", "正文。"]
    assert [block.at.line for block in document.blocks] == [1, 2]
    assert not document.converted
    assert document.media == "docx"


def test_breaks_tabs_hyphens_and_symbols_are_drawn(docx: Docx, prose: Prose) -> None:
    run = (
        "<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:tab/><w:t>丙</w:t><w:noBreakHyphen/>"
        '<w:sym w:font="Symbol" w:char="2103"/><w:cr/><w:t>丁</w:t></w:r>'
    )
    tab_stops = '<w:tabs><w:tab w:val="left" w:pos="420"/></w:tabs>'
    assert prose(reader.read(docx(p(run, properties=tab_stops)))) == ["甲\n乙\t丙-℃\n丁"]


def test_tracked_changes_are_read_as_accepted(docx: Docx, prose: Prose) -> None:
    body = p(
        r("受理"),
        "<w:del><w:r><w:delText>35</w:delText><w:tab/></w:r></w:del>",
        f"<w:ins>{r('24')}</w:ins>",
        f"<w:moveFrom>{r('旧处')}</w:moveFrom>",
        f"<w:moveTo>{r('件')}</w:moveTo>",
    )
    assert prose(reader.read(docx(body))) == ["受理24件"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs(docx: Docx, prose: Prose) -> None:
    deleted = "<w:rPr><w:del/></w:rPr>"
    body = p(r("全年受理"), properties=deleted) + p(r("申请"), properties=deleted) + p(r("24件"))
    assert prose(reader.read(docx(body))) == ["全年受理申请24件"]


def test_inserted_blocks_and_content_controls_are_read(docx: Docx, prose: Prose) -> None:
    body = (
        f"<w:sdt><w:sdtContent>{p(r('甲'))}<w:sdt><w:sdtContent>{p(r('乙'))}</w:sdtContent></w:sdt>"
        f"</w:sdtContent></w:sdt><w:customXml>{p(r('丙'))}</w:customXml>"
        + p(f"<w:sdt><w:sdtContent>{r('丁')}</w:sdtContent></w:sdt>",
            f"<w:hyperlink>{r('戊')}</w:hyperlink>")
    )  # fmt: skip
    assert prose(reader.read(docx(body))) == ["甲", "乙", "丙", "丁戊"]


@pytest.mark.parametrize("hidden", ["<w:vanish/>", "<w:strike/>", '<w:dstrike w:val="1"/>'])
def test_hidden_and_struck_text_is_not_read(docx: Docx, prose: Prose, hidden: str) -> None:
    assert prose(reader.read(docx(p(r("受理"), r("9", hidden), r("24件"))))) == ["受理24件"]


def test_text_that_is_expressly_not_hidden_is_read(docx: Docx, prose: Prose) -> None:
    body = p(r("受理"), r("24", '<w:vanish w:val="false"/>'), r("件", '<w:strike w:val="0"/>'))
    assert prose(reader.read(docx(body))) == ["受理24件"]


def test_a_raised_note_number_is_no_digit(docx: Docx, prose: Prose) -> None:
    raised = '<w:vertAlign w:val="superscript"/>'
    assert prose(reader.read(docx(p(r("24"), r("1", raised), r("件"))))) == ["24[1]件"]


def test_footnote_marks_fields_and_phonetic_guides_add_nothing(docx: Docx, prose: Prose) -> None:
    body = p(
        r("受理24件"),
        '<w:r><w:footnoteReference w:id="2"/></w:r>',
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>',
        "<w:r><w:ruby><w:rt><w:r><w:t>shì</w:t></w:r></w:rt>"
        "<w:rubyBase><w:r><w:t>市</w:t></w:r></w:rubyBase></w:ruby></w:r>",
    )
    assert prose(reader.read(docx(body))) == ["受理24件市"]


def test_a_text_box_is_read_once_and_after_its_paragraph(docx: Docx, prose: Prose) -> None:
    box = f"<w:txbxContent>{p(r('框一'))}{p(r('框二'))}</w:txbxContent>"
    body = p(
        r("前"),
        "<w:r><mc:AlternateContent>"
        f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>",
        r("后"),
    ) + p(r("下一段"))
    assert prose(reader.read(docx(body))) == ["前后", "框一", "框二", "下一段"]


def test_a_fallback_stands_in_for_an_empty_choice(docx: Docx, prose: Prose) -> None:
    body = p(
        "<w:r><mc:AlternateContent><mc:Choice Requires='x'/>"
        "<mc:Fallback><w:t>旧式</w:t></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert prose(reader.read(docx(body))) == ["旧式"]


def test_heading_levels_come_from_styles_names_and_outline(docx: Docx) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="2"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="a"><w:name w:val="小标题"/>'
        '<w:basedOn w:val="b"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="b"><w:name w:val="标题 3"/></w:style>'
        '<w:style w:type="paragraph" w:styleId="o"><w:name w:val="x"/>'
        '<w:pPr><w:outlineLvl w:val="1"/></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="loop"><w:name w:val="y"/>'
        '<w:basedOn w:val="loop"/></w:style>'
    )
    body = "".join(
        p(r(name), properties=f'<w:pStyle w:val="{name}"/>')
        for name in ("2", "a", "o", "loop", "?")
    ) + p(r("direct"), properties='<w:pStyle w:val="2"/><w:outlineLvl w:val="9"/>')
    found = [
        (b.text, b.heading)
        for b in reader.read(docx(body, styles=styles)).blocks
        if isinstance(b, Paragraph)
    ]
    assert found == [("2", 1), ("a", 3), ("o", 2), ("loop", None), ("?", None), ("direct", None)]


def test_a_table_of_contents_is_furniture(docx: Docx, prose: Prose) -> None:
    styles = '<w:style w:type="paragraph" w:styleId="t"><w:name w:val="toc 1"/></w:style>'
    body = p(r("一、总体情况 1"), properties='<w:pStyle w:val="t"/>') + p(r("一、总体情况"))
    assert prose(reader.read(docx(body, styles=styles))) == ["一、总体情况"]


def test_the_title_of_the_core_properties_is_told(docx: Docx) -> None:
    assert reader.read(docx(p(r("文")), title=" 某局年报 ")).title == "某局年报"
    assert reader.read(docx(p(r("文")), title="")).title is None
    assert reader.read(docx(p(r("文")))).title is None


def test_the_main_part_is_found_by_its_relation(docx: Docx, prose: Prose) -> None:
    assert prose(reader.read(docx(p(r("文")), main="word/document2.xml"))) == ["文"]


def test_documents_in_the_strict_format_are_read(docx: Docx, prose: Prose) -> None:
    import zipfile

    source = zipfile.ZipFile(io.BytesIO(docx(p(r("文")))))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as strict:
        for name in source.namelist():
            strict.writestr(
                name,
                source.read(name).replace(
                    b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
                    b"http://purl.oclc.org/ooxml/wordprocessingml/main",
                ),
            )
    assert prose(reader.read(buffer.getvalue())) == ["文"]


def drawing(width_cm: float, height_cm: float) -> str:
    return (
        f'<w:r><w:drawing><wp:inline><wp:extent cx="{int(width_cm * 360000)}" '
        f'cy="{int(height_cm * 360000)}"/><a:blip/></wp:inline></w:drawing></w:r>'
    )


@pytest.mark.parametrize(
    ("picture", "matters"),
    [
        (drawing(15, 10), True),
        (drawing(4.2, 4.2), False),
        (drawing(15, 0.5), False),
        ('<w:r><w:pict><v:shape style="width:415.3pt;height:200pt"><v:imagedata/></v:shape>'
         "</w:pict></w:r>", True),
        ('<w:r><w:pict><v:shape style="width:..pt;height:20pt"><v:imagedata/></v:shape>'
         "</w:pict></w:r>", False),
    ],
)  # fmt: skip
def test_only_pictures_as_large_as_a_table_are_told(
    docx: Docx, picture: str, matters: bool
) -> None:
    document = reader.read(docx(p(r("三、收到和处理"), picture)))
    assert [isinstance(b, Picture) for b in document.blocks] == [False] + [True] * matters


def test_a_picture_inside_a_table_follows_the_grid(docx: Docx) -> None:
    cell = f"<w:tc>{p(drawing(15, 10))}</w:tc>"
    row = f"<w:tr><w:tc>{p(r('甲'))}</w:tc>{cell}</w:tr>"
    document = reader.read(docx(f"<w:tbl>{row}</w:tbl>"))
    assert [type(b) for b in document.blocks] == [Grid, Picture]


def test_a_document_of_python_docx_is_read(prose: Prose) -> None:
    made = python_docx.Document()
    made.core_properties.title = "某镇年报"
    made.add_heading("一、总体情况", level=1)
    made.add_paragraph("正文。")
    table = made.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "三、结果"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "合并"
    table.cell(1, 1).text = "1"
    buffer = io.BytesIO()
    made.save(buffer)
    document = reader.read(buffer.getvalue())

    assert document.title == "某镇年报"
    assert document.blocks[0].heading == 1  # type: ignore[union-attr]
    grid = document.blocks[2]
    assert isinstance(grid, Grid)
    assert {c.text: (c.row, c.column, c.rowspan, c.colspan) for c in grid.cells} == {
        "三、结果": (0, 0, 2, 1),
        "合并": (0, 1, 1, 2),
        "1": (1, 1, 1, 1),
        "": (1, 2, 1, 1),
    }
