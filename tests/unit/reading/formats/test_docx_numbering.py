from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.domain.document import Paragraph
from duban.reading.formats import docx as reader
from duban.reading.formats.docx.counting import drawn_number
from duban.reading.formats.numeral import chinese

Docx = Callable[..., bytes]


def level(index: int, form: str, text: str, extra: str = "", start: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{index}"><w:start w:val="{start}"/><w:numFmt w:val="{form}"/>'
        f'<w:lvlText w:val="{text}"/>{extra}</w:lvl>'
    )


def abstract(key: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{key}">{"".join(levels)}</w:abstractNum>'


def num(key: int, abstract_key: int, overrides: str = "") -> str:
    return f'<w:num w:numId="{key}"><w:abstractNumId w:val="{abstract_key}"/>{overrides}</w:num>'


def item(text: str, number: int | None = 1, index: int | None = 0, style: str = "") -> str:
    inner = ""
    if index is not None:
        inner += f'<w:ilvl w:val="{index}"/>'
    if number is not None:
        inner += f'<w:numId w:val="{number}"/>'
    reference = f"<w:numPr>{inner}</w:numPr>" if inner else ""
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style}{reference}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def numbers(data: bytes) -> list[str | None]:
    return [b.numbering for b in reader.read(data).blocks if isinstance(b, Paragraph)]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        ("chineseCounting", "%1、", ["一、", "二、", "三、"]),
        ("chineseCountingThousand", "（%1）", ["（一）", "（二）", "（三）"]),
        ("japaneseCounting", "%1、", ["一、", "二、", "三、"]),
        ("ideographDigital", "%1、", ["一、", "二、", "三、"]),
        ("decimal", "%1.", ["1.", "2.", "3."]),
        ("decimalFullWidth", "%1．", ["１．", "２．", "３．"]),
        ("decimalEnclosedCircleChinese", "%1", ["①", "②", "③"]),
        ("decimalZero", "第%1条", ["第01条", "第02条", "第03条"]),
        ("upperLetter", "%1)", ["A)", "B)", "C)"]),
        ("lowerRoman", "%1.", ["i.", "ii.", "iii."]),
        ("chineseLegalSimplified", "%1、", ["壹、", "贰、", "叁、"]),
        ("ideographTraditional", "%1、", ["甲、", "乙、", "丙、"]),
        ("noSuchFormat", "%1.", ["1.", "2.", "3."]),
        ("bullet", "•", [None, None, None]),
        ("none", "", [None, None, None]),
    ],
)
def test_numbers_are_drawn_in_their_format(
    docx: Docx, form: str, text: str, expected: list[str | None]
) -> None:
    numbering = abstract(0, level(0, form, text)) + num(1, 0)
    assert numbers(docx(item("甲") + item("乙") + item("丙"), numbering=numbering)) == expected


def test_the_text_itself_does_not_hold_the_number(docx: Docx) -> None:
    numbering = abstract(0, level(0, "chineseCounting", "%1、")) + num(1, 0)
    (block,) = reader.read(docx(item("总体情况"), numbering=numbering)).blocks
    assert isinstance(block, Paragraph)
    assert (block.numbering, block.text) == ("一、", "总体情况")


def test_deeper_levels_restart_after_a_higher_one(docx: Docx) -> None:
    numbering = abstract(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2")
    ) + num(1, 0)
    body = item("a") + item("b", 1, 1) + item("c", 1, 1) + item("d") + item("e", 1, 1)
    assert numbers(docx(body, numbering=numbering)) == ["一、", "一.1", "一.2", "二、", "二.1"]


def test_a_level_that_never_restarts_counts_on(docx: Docx) -> None:
    on = '<w:lvlRestart w:val="0"/>'
    numbering = abstract(0, level(0, "decimal", "%1、"), level(1, "decimal", "(%2)", on)) + num(
        1, 0
    )
    body = item("a") + item("b", 1, 1) + item("c") + item("d", 1, 1)
    assert numbers(docx(body, numbering=numbering)) == ["1、", "(1)", "2、", "(2)"]


def test_legal_levels_draw_decimals_throughout(docx: Docx) -> None:
    numbering = abstract(
        0, level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")
    ) + num(1, 0)
    assert numbers(docx(item("a") + item("b", 1, 1), numbering=numbering)) == ["一、", "1.1"]


def test_a_start_value_is_kept(docx: Docx) -> None:
    numbering = abstract(0, level(0, "chineseCounting", "%1、", start=4)) + num(1, 0)
    assert numbers(docx(item("a") + item("b"), numbering=numbering)) == ["四、", "五、"]


def test_instances_of_one_list_count_on_together(docx: Docx) -> None:
    numbering = abstract(0, level(0, "chineseCounting", "%1、")) + num(1, 0) + num(2, 0)
    body = item("a", 1) + item("b", 2) + item("c", 1)
    assert numbers(docx(body, numbering=numbering)) == ["一、", "二、", "三、"]


def test_an_instance_with_its_own_start_begins_anew_once(docx: Docx) -> None:
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    numbering = abstract(0, level(0, "decimal", "%1.")) + num(1, 0) + num(2, 0, override)
    body = item("a", 1) + item("b", 1) + item("c", 2) + item("d", 2)
    assert numbers(docx(body, numbering=numbering)) == ["1.", "2.", "1.", "2."]


def test_an_instance_may_replace_a_level(docx: Docx) -> None:
    override = f'<w:lvlOverride w:ilvl="0">{level(0, "chineseCounting", "（%1）")}</w:lvlOverride>'
    numbering = abstract(0, level(0, "decimal", "%1.")) + num(1, 0, override)
    assert numbers(docx(item("a"), numbering=numbering)) == ["（一）"]


def test_numbers_come_from_styles_and_their_parents(docx: Docx) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="h"><w:name w:val="heading 1"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="h2"><w:name w:val="heading 2"/>'
        '<w:basedOn w:val="h"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="c"><w:name w:val="child"/>'
        '<w:basedOn w:val="h"/></w:style>'
    )
    numbering = abstract(
        0, level(0, "chineseCounting", "%1、"), level(1, "chineseCounting", "（%2）")
    ) + num(1, 0)
    body = (
        item("a", None, None, "h") + item("b", None, None, "h2") + item("c", None, None, "c")
        + item("d", 0, None, "h") + item("e", None, None, "h")
    )  # fmt: skip
    found = numbers(docx(body, numbering=numbering, styles=styles))
    assert found == ["一、", "（一）", "二、", None, "三、"]


def test_a_level_linked_to_the_style_is_used(docx: Docx) -> None:
    styles = (
        '<w:style w:type="paragraph" w:styleId="s"><w:name w:val="s"/>'
        '<w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
    )
    numbering = abstract(
        0, level(0, "decimal", "%1."), level(1, "decimal", "(%2)", '<w:pStyle w:val="s"/>')
    ) + num(1, 0)
    assert numbers(docx(item("a", None, None, "s"), numbering=numbering, styles=styles)) == ["(1)"]


def test_an_empty_numbered_paragraph_takes_a_number(docx: Docx) -> None:
    numbering = abstract(0, level(0, "decimal", "%1.")) + num(1, 0)
    assert numbers(docx(item("a") + item("") + item("c"), numbering=numbering)) == ["1.", "3."]


def test_numbers_inside_tables_count_and_print_before_labels_only(docx: Docx) -> None:
    numbering = abstract(0, level(0, "decimal", "%1.")) + num(1, 0)
    row = f"<w:tr><w:tc>{item('属于国家秘密')}</w:tc><w:tc>{item('24')}</w:tc></w:tr>"
    document = reader.read(docx(f"<w:tbl>{row}</w:tbl>{item('丙')}", numbering=numbering))
    grid, after = document.blocks
    assert [cell.text for cell in grid.cells] == ["1.属于国家秘密", "24"]  # type: ignore[union-attr]
    assert after.numbering == "3."  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "numbering",
    [
        "",
        num(1, 7),
        abstract(0) + num(1, 0),
        abstract(0, '<w:lvl w:ilvl="99"/>', "<w:lvl/>") + num(1, 0),
        abstract(0, '<w:numStyleLink w:val="x"/>') + num(1, 0),
        abstract(0, level(0, "decimal", "%9%%1")) + num(1, 0),
        '<w:num w:numId="1"/>',
    ],
)
def test_broken_numbering_never_stops_the_reading(docx: Docx, numbering: str) -> None:
    assert len(numbers(docx(item("甲", 1, 0) + item("乙", 1, 88), numbering=numbering))) == 2


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九"), (105, "一百零五"),
     (110, "一百一十"), (1001, "一千零一"), (0, "0"), (10000, "10000")],
)  # fmt: skip
def test_chinese_numerals(number: int, expected: str) -> None:
    assert chinese(number) == expected


@pytest.mark.parametrize(
    ("number", "form", "expected"),
    [(12, "ideographDigital", "一二"), (21, "decimalEnclosedCircle", "21"),
     (27, "lowerLetter", "aa"),
     (4, "upperRoman", "IV"), (5000, "upperRoman", "5000"), (0, "upperLetter", "0")],
)  # fmt: skip
def test_formats_at_their_edges(number: int, form: str, expected: str) -> None:
    assert drawn_number(number, form) == expected
