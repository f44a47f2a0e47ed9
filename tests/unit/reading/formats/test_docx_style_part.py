"""A style cut out of its part is the style that parsing the whole part gives."""

from __future__ import annotations

import pytest
from lxml import etree

from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.style import NumberRef, Styles
from duban.reading.formats.docx.style_part import StylePart

HEAD = f'<?xml version="1.0"?><w:styles xmlns:w="{w.WORD}"><w:docDefaults/>'
ONE = (
    '<w:style w:type="paragraph" w:styleId="a1"><w:name w:val="heading 1"/>'
    '<w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr></w:pPr></w:style>'
)
TWO = (
    '<w:style w:styleId="a2" w:type="paragraph"><w:name w:val="x"/>'
    '<w:basedOn w:val="a1"/></w:style>'
)


def styles(text: str) -> Styles:
    def parse(data: bytes) -> etree._Element | None:
        return etree.fromstring(data)

    return Styles(StylePart(text.encode(), parse))


@pytest.mark.parametrize(
    "between", ["", "\n  ", "<!-- <w:style w:styleId='a2'> -->", "<w:latentStyles/>"]
)
def test_styles_are_found_one_by_one(between: str) -> None:
    found = styles(HEAD + ONE + between + TWO + "</w:styles>")
    assert found.heading("a1") == 1
    assert found.heading("a2") == 1
    assert found.number("a2") == NumberRef("3", 0)
    assert found.heading("a3") is None


def test_an_id_that_stands_twice_is_told_by_parsing_the_whole() -> None:
    twice = TWO.replace('w:val="x"', 'w:val="heading 2"')
    assert styles(HEAD + ONE + TWO + twice + "</w:styles>").heading("a2") == 2


@pytest.mark.parametrize("key", ["标题 1", 'a"b', "a&amp;b", ""])
def test_an_unusual_id_is_no_danger(key: str) -> None:
    assert styles(HEAD + ONE + "</w:styles>").heading(key) is None


def test_another_prefix_is_read_as_well() -> None:
    text = (HEAD + ONE + TWO + "</w:styles>").replace("w:", "ns0:").replace(":w=", ":ns0=")
    assert styles(text).heading("a2") == 1


def test_no_part_has_no_styles() -> None:
    assert Styles(StylePart(None, etree.fromstring)).heading("a1") is None


def test_styles_based_on_one_another_in_a_circle_end() -> None:
    circle = ONE.replace("<w:pPr>", '<w:basedOn w:val="a2"/><w:pPr>').replace("heading 1", "y")
    assert styles(HEAD + circle + TWO + "</w:styles>").heading("a2") is None
