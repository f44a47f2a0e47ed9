"""A table of agencies is read in the encodings that office programs save, and never misread."""

from __future__ import annotations

import codecs
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.crawler.roster import load
from duban.errors import RosterError
from duban.samples.roster import county_name

NAMES = (
    "望岚县人民政府",
    "望岚县财政局",
    "漯河市郾城区审计局",
    "濮阳市卫生健康委员会",
    "镕坪镇人民政府",
)
HEAD = "id,name,kind,columns\r\n"
TABLE = HEAD + "".join(f"a{n},{name},dept_county,\r\n" for n, name in enumerate(NAMES))
GB18030_BOM = b"\x84\x31\x95\x33"
WHAT_OFFICES_SAVE = {
    "utf-8": TABLE.encode(),
    "utf-8 with BOM": TABLE.encode("utf-8-sig"),
    "gbk": TABLE.encode("gbk"),
    "gb18030": TABLE.replace("镕坪", "䶮坪").encode("gb18030"),
    "gb18030 with BOM": GB18030_BOM + TABLE.encode("gb18030"),
    "utf-16 little": codecs.BOM_UTF16_LE + TABLE.encode("utf-16-le"),
    "utf-16 big": codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
    "utf-16 little without BOM": TABLE.encode("utf-16-le"),
    "utf-16 big without BOM": TABLE.encode("utf-16-be"),
}


def told_of(folder: Path, data: bytes, name: str = "r.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    with pytest.raises(RosterError) as told:
        load(path)
    assert told.value.english
    return str(told.value)


@pytest.mark.parametrize("saved", WHAT_OFFICES_SAVE)
def test_a_table_is_read_as_office_programs_save_it(tmp_path: Path, saved: str) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(WHAT_OFFICES_SAVE[saved])

    read = [agency.name.replace("䶮", "镕") for agency in load(path)]

    assert tuple(read) == NAMES


def test_a_rare_character_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes(TABLE.replace("望岚县财政局", "䶮㙍镇人民政府").encode("gb18030"))

    assert load(path)[1].name == "䶮㙍镇人民政府"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (TABLE.encode()[:-25] + b"\r\n", "不是 UTF-8"),  # cut in a character
        (TABLE.encode().replace("财政".encode(), b"\xb2\xc6\xd5\xfe"), "不是 UTF-8"),
        (TABLE.encode("gbk").replace("财政".encode("gbk"), "财政".encode()), "不是 UTF-8"),
        (TABLE.encode("gbk") + "a9,望岚县教育局,dept_county,\r\n".encode(), "不是 UTF-8"),
        (TABLE.encode() + "a9,望岚县教育局,dept_county,\r\n".encode("gbk"), "不是 UTF-8"),
        (TABLE.encode("gbk")[:-20] + b"\xff\r\n", "不是 UTF-8"),
        (TABLE.replace("id,name", "编号,名称").encode("gbk"), "像是 GBK"),
        (TABLE.replace("漯", "").replace("镕坪", "").encode("big5", "ignore"), "不是 UTF-8"),
        ((HEAD + "a,望嵐縣財政局,dept_county,\n").encode("big5"), "不是 UTF-8"),
        ((HEAD + "a,大阪府財務局,dept_county,\n").encode("shift_jis"), "不是 UTF-8"),
        ((HEAD + "a,Gemeinde Müßen,dept_county,\n").encode("latin-1"), "不是 UTF-8"),
        ((HEAD + "a,望岚县\ue123局,dept_county,\n").encode("gb18030"), "不是 UTF-8"),
        ((HEAD + "a,望岚县\u200b局,dept_county,\n").encode("gb18030"), "不是 UTF-8"),
        ((HEAD + "a,卢猫摹,dept_county,\n").encode("gbk"), "编码无法确定"),
        (TABLE.encode("utf-16")[:-1], "UTF-16"),
        (TABLE.replace("id,name", "编号,名称").encode("utf-16"), "UTF-16"),
        (TABLE.replace("财政", "财\x00政").encode("utf-16"), "二进制"),
        (TABLE.replace("财政", "财\x00政").encode(), "二进制"),
        (TABLE.replace("id,name", "编号,名称").encode("utf-16-le"), "二进制"),
    ],
)
def test_what_might_be_misread_is_refused(tmp_path: Path, data: bytes, told: str) -> None:
    assert told in told_of(tmp_path, data)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16"])
def test_a_roster_in_yaml_is_read_in_utf_8_alone(tmp_path: Path, encoding: str) -> None:
    text = "format: duban.roster/1\nagencies:\n- id: a\n  name: 望岚县财政局\n  kind: dept_county\n"

    assert "UTF-8" in told_of(tmp_path, text.encode(encoding), "r.yaml")


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    places=st.lists(st.integers(0, 400).map(county_name), min_size=1, max_size=9, unique=True),
    wrong=st.binary(min_size=1, max_size=3),
    at=st.integers(0, 2**16),
    encoding=st.sampled_from(["utf-8", "gbk"]),
)
def test_damage_is_never_taken_for_another_encoding(
    tmp_path: Path, places: list[str], wrong: bytes, at: int, encoding: str
) -> None:
    names = [f"{place}财政局" for place in places]
    table = HEAD + "".join(f"a{n},{name},dept_county,\n" for n, name in enumerate(names))
    data = table.encode(encoding)
    at = len(HEAD) + at % (len(data) - len(HEAD))
    path = tmp_path / "r.csv"
    path.write_bytes(data[:at] + wrong + data[at + len(wrong) :])

    try:
        read = [agency.name for agency in load(path)]
    except RosterError:
        return

    # What is overwritten within the encoding cannot be seen; all the rest must be as it was.
    assert sum(name not in names for name in read) <= 2
    for name in read:
        assert 2 * sum(one in "".join(names) for one in name) >= len(name)
