"""A cell is a number only where it prints exactly one."""

from __future__ import annotations

import pytest

from duban.reading.cells import is_value, read_cell


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24", 24),
        ("\u00a024\u00a0", 24),
        ("　０　", 0),
        ("１２", 12),
        ("11,398,889", 11398889),
        ("１，２３４", 1234),
        ("12 345", 12345),
        ("254.38", 254.38),
        ("285.2050", 285.205),
        ("24.0", 24.0),
        ("+361", 361),
        ("-3", -3),
        ("－3", -3),
        ("−3", -3),
        ("007", 7),
    ],
)
def test_a_printed_number_is_read(text: str, value: float) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value) == ("number", value)
    assert type(cell.value) is type(value)


@pytest.mark.parametrize(
    ("text", "value", "unit", "note"),
    [
        ("24件", 24, "件", None),
        ("251000元", 251000, "元", None),
        ("96171.6 万元", 96171.6, "万元", None),
        ("12（含修订3件）", 12, None, "含修订3件"),
        ("12件(含修订3件)", 12, "件", "含修订3件"),
    ],
)
def test_a_unit_or_a_note_stays_beside_the_number(
    text: str, value: float, unit: str | None, note: str | None
) -> None:
    cell = read_cell(text)
    assert (cell.value, cell.unit, cell.note) == (value, unit, note)


@pytest.mark.parametrize(
    ("text", "value"),
    [("增5", 5), ("减3", -3), ("增加5", 5), ("减少 3", -3), ("↑3", 3), ("↓2", -2), ("+23", 23)],
)
def test_a_change_has_its_sign(text: str, value: int) -> None:
    assert read_cell(text, change=True).value == value


@pytest.mark.parametrize("text", ["增5", "↑3"])
def test_a_change_is_text_where_a_count_belongs(text: str) -> None:
    assert read_cell(text).kind == "text"


@pytest.mark.parametrize("text", ["", " ", "\u00a0", "　　", "\u200b", "\n\t"])
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert read_cell(text).kind == "blank"


@pytest.mark.parametrize("text", ["/", "／", "\\", "-", "—", "－", "——", "无", "N/A", " / "])
def test_a_mark_is_no_number(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value) == ("mark", None)


@pytest.mark.parametrize(
    "text",
    [
        "O", "o", "1O", "l", "十二", "两", "3/5", "约3", "3余", "12%", "1.17万", "1,23", "24.",
        ".5", "①", "12²", "1.2.3", "见附件", "12（3", "--5", "1-2", "〇", "Ⅲ", "0x1", "1e3",
    ],
)  # fmt: skip
def test_whatever_is_not_one_number_is_text(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value) == ("text", None)


@pytest.mark.parametrize("text", ["1 0", "24\n", "2 4", "11\n3", "1234 5", "1\u00a00"])
def test_digits_apart_are_never_joined(text: str) -> None:
    cell = read_cell(text)
    if text == "24\n":
        assert cell.value == 24
        return
    assert (cell.kind, cell.value) == ("unreadable", None)
    assert cell.note


def test_the_printed_text_is_kept() -> None:
    assert read_cell("\u00a0１２件 ").raw == "１２件"


@pytest.mark.parametrize("text", ["0", " 12件", "/", "无", "+3", "1 0", "增5"])
def test_a_filled_cell_looks_like_a_value(text: str) -> None:
    assert is_value(text)


@pytest.mark.parametrize("text", ["1.属于国家秘密", "", "3.其他", "无法提供", "四、结转"])
def test_a_label_does_not_look_like_a_value(text: str) -> None:
    assert not is_value(text)


@pytest.mark.parametrize("text", ["1" * 16, "9" * 5000, "1" * 400 + ".5", "1." + "3" * 30])
def test_an_endless_number_is_unreadable_and_breaks_nothing(text: str) -> None:
    cell = read_cell(text)
    assert (cell.kind, cell.value, cell.raw) == ("unreadable", None, text)


def test_fifteen_digits_are_a_number() -> None:
    assert read_cell("123456789012345").value == 123456789012345
