"""Every fault of a roster file is told at once, with its line; nothing hidden gets through."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from duban.crawler.roster import load
from duban.errors import RosterError

HEAD = "format: duban.roster/1\nsite: http://www.a.gov.cn\nagencies:\n"
ONE = "- id: a1\n  name: 望岚县财政局\n  kind: dept_county\n"
TWO = "- id: a2\n  name: 望岚县教育局\n  kind: dept_county\n"
COLUMNS = "id,name,kind,parent,valid_from,valid_to,merged_into,waived,columns\n"


def error_of(folder: Path, content: str | bytes, name: str, **how: bool) -> RosterError:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(RosterError) as told:
        load(path, **how)
    return told.value


def lines_of(error: RosterError) -> list[str]:
    """What is told after the first line, in order, without the indent."""
    assert len(error.english.splitlines()) == len(str(error).splitlines())
    return [line.strip() for line in str(error).splitlines()[1:]]


def test_faults_of_form_of_fields_and_between_agencies_are_told_in_one_go(tmp_path):
    error = error_of(
        tmp_path,
        "colour: red\n" + HEAD + ONE + "  parent: nobody\n" + ONE + TWO + "  kind: school\n"
        "- text\n- id: a3\n  name: 望岚县粮食局\n  kind: office\n"
        "  valid_from: 2024-02-03\n  valid_to: 2023-01-01\n",
        "r.yaml",
    )  # fmt: skip

    assert "有 8 处错误，没有登记任何机关" in str(error)
    told = lines_of(error)
    for line, words in (
        (1, "colour"), (8, "“nobody”不在名录中"), (9, "“a1”重复（第 5 行已有）"), (10, "重复"),
        (15, "键 kind 重复"), (16, "键: 值"), (19, "“office”不对"), (21, "早于 valid_from"),
    ):  # fmt: skip
        assert any(one.startswith(f"第 {line} 行") and words in one for one in told), words


def test_a_wrong_row_of_a_csv_hides_no_other_fault_and_causes_none(tmp_path):
    error = error_of(
        tmp_path,
        "id,name,kind,parent\na1,望岚县财政局\na2,望岚县教育局,dept_county,a1\n"
        "a3,望岚县粮食局,school,a9\na2,望岚县体育局,dept_county,,\n",
        "r.csv",
    )

    assert [one[:6] for one in lines_of(error)] == [
        "第 2 行：",
        "第 4 行 ",
        "第 4 行 ",
        "第 5 行：",
        "第 5 行 ",
    ]
    assert "“a1”不在名录中" not in str(error)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("编号,名称,类别\na1,望岚县财政局,dept_county\n", ["缺少 id、name、kind", "编号、名称"]),
        ("a1,望岚县财政局,dept_county\n", ["缺少 id、name、kind"]),
        ("id,name,kind,name,id\nx", ["列 id、name 重复"]),
        ("id;name;kind\na1;望岚县财政局;dept_county\n", ["应为半角逗号，现为分号"]),
        ("id\tname\tkind\na1\t望岚县财政局\tdept_county\n", ["现为制表符"]),
        ("id，name，kind\n", ["现为全角逗号"]),
        ("id,name,kind\n", ["没有一个机关"]),
        ("\n \n", ["是空的"]),
        ('id,name,kind\na1,"望岚县财政局,dept_county\na2,望岚县教育局,dept_county\n',
         ["第 2 行：不是有效的 CSV", "没有成对"]),
        ("id,name,kind\na1," + "x" * 200_000 + ",dept_county\n", ["第 2 行", "过长"]),
    ],
)  # fmt: skip
def test_a_wrong_head_or_form_of_a_csv_is_told_once(tmp_path, content, told):
    error = error_of(tmp_path, content, "r.csv")

    for words in told:
        assert words in str(error)
    assert len(str(error).splitlines()) <= 3
    assert error.english


@pytest.mark.parametrize("name", ["r.csv", "r.yaml"])
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ((HEAD + ONE).encode("gbk"), "像是 GBK"),
        ((HEAD + ONE).encode("gbk"), "CSV UTF-8（逗号分隔）"),
        ((HEAD + ONE).encode("utf-16"), "UTF-16"),
        (HEAD.encode() + b"- id: \xff\xff\xff\n", "第 4 行起不是 UTF-8 编码："),
        (bytes(range(256)) * 40, "二进制文件"),
        (b"%PDF-1.7\n\x01\x02", "二进制文件"),
        (b"PK\x03\x04" + bytes(200), "Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0" + bytes(200), "Excel 工作簿"),
        (b"", "是空的"),
        (b"\xef\xbb\xbf", "是空的"),
    ],
)
def test_a_file_of_another_kind_is_told_for_what_it_is(tmp_path, name, content, told):
    error = error_of(tmp_path, content, name)

    assert told in str(error)
    assert "\n" not in str(error)


def test_a_byte_order_mark_is_no_fault(tmp_path):
    path = tmp_path / "r.csv"
    path.write_bytes(b"\xef\xbb\xbfid,name,kind\r\na1,\xe6\x9f\x90\xe5\xb1\x80,dept_county\r\n")

    assert [agency.id for agency in load(path)] == ["a1"]


def test_a_file_of_50_megabytes_is_not_even_read(tmp_path):
    path = tmp_path / "r.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 2**20)
    began = time.monotonic()

    with pytest.raises(RosterError, match="有 50 MB，超过名录的上限 20 MB"):
        load(path)
    assert time.monotonic() - began < 0.5


def test_a_folder_and_a_file_that_is_not_there_are_told(tmp_path):
    (tmp_path / "r.yaml").mkdir()

    with pytest.raises(RosterError, match="不是文件"):
        load(tmp_path / "r.yaml")
    with pytest.raises(RosterError, match="不存在"):
        load(tmp_path / "s.yaml")


BOMB = "".join(f"  {chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n"
               for n in range(12))  # fmt: skip


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (HEAD + ONE + "  short_names: &a [x, x]\n" + BOMB, "第 8 行：不能用引用（*a）"),
        (HEAD + "- &x\n  id: a1\n- <<: *x\n", "不能用引用（*x）"),
        (HEAD + ONE + "  short_names: " + "[" * 5000 + "]" * 5000, "第 7 行：嵌套过深"),
        (HEAD + ONE + "---\n" + HEAD + TWO, "第 7 行：--- 之后又是一份"),
        (HEAD + "- ? [a, b]\n  : x\n", "第 4 行：键应为文字"),
        (HEAD + "- !!python/object/apply:os.system [date]\n", "第 4 行：应为“键: 值”的形式"),
    ],
)
def test_yaml_that_grows_or_hides_something_is_refused_in_no_time(tmp_path, content, told):
    began = time.monotonic()

    assert told in str(error_of(tmp_path, content, "r.yaml"))
    assert time.monotonic() - began < 1


@pytest.mark.parametrize("size", [1, 2, 3000])
def test_a_circle_of_any_length_is_told_in_no_time(tmp_path, size):
    rows = "".join(f"a{n},望岚县{n}局,dept_county,a{(n + 1) % size}\n" for n in range(size))
    tail = f"b,望岚县尾局,dept_county,a{size - 1}\n"
    began = time.monotonic()

    error = error_of(tmp_path, "id,name,kind,parent\n" + rows + tail, "r.csv")

    assert f"有 {size} 处错误" in str(error)  # who hangs below a circle is not part of it
    assert time.monotonic() - began < 3


def test_circles_of_mergers_are_told_too(tmp_path):
    error = error_of(
        tmp_path,
        "id,name,kind,valid_to,merged_into\n"
        "a1,望岚县甲局,dept_county,2024-01-01,a2\na2,望岚县乙局,dept_county,2024-01-01,a1\n",
        "r.csv",
    )

    assert str(error).count("并入的机关绕回到它自己") == 2


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("a1,望岚县甲局,dept_county,,2024-05-01,2024-04-30,,,", "valid_to：2024-04-30 早于"),
        ("a1,望岚县甲局,dept_county,,2024/5/1,,,,", "valid_from：“2024/5/1”不对，应为日期"),
        ("a1,望岚县甲局,dept_county,,,2024-05-01,x,,", "merged_into：“x”不在名录中"),
        ("a1,望岚县甲局,dept_county,,,2024-05-01,old,,", "已经撤销，早于本机关的 2024-05-01"),
        ("a1,望岚县甲局,dept_county,,,,,2024:甲|2023,", "waived：2023 年度没有写明"),
        ("a1,望岚县旧局,dept_county,,,,,,", "name：“望岚县旧局”重复（第 2 行已有）"),
        ("a1,望岚县甲局,school,,,,,,", "kind：“school”不对"),
        ("a1\u200b,望岚县甲局,dept_county,,,,,,", "id：“a1<U+200B>”不对"),
        ("a1,望岚县\u202e甲局,dept_county,,,,,,", "name：“望岚县<U+202E>甲局”不对"),
        ("a1,望岚县甲局,dept_county,,,,,2023:改\u200b革,", "waived：2023 年度的理由含有看不见的"),
        ("ａ１,望岚县甲局,dept_county,,,,,,", "应为半角字母"),
        ("a1,望岚县甲局,dept_county,old\u200b,,,,,", "“old<U+200B>”不在名录中"),
        ("a1,望岚县甲局,dept_county,,,,,,www.a.gov.cn/x", "columns：“www.a.gov.cn/x”不对"),
        ("a1,望岚县甲局,dept_county,,,,,,http://a b.cn/", "columns：“http://a b.cn/”不对"),
        ("a1,望岚县甲局,dept_county,,,,,,http://x:y@a.gov.cn/", "不对"),
        ("a1,望岚县甲局,dept_county,,,,,,javascript:alert(1)", "不对"),
        ("a1,望岚县甲局,dept_county,,,,,,http://10.1.2.3/x", "“http://10.1.2.3/x”指向内部网络"),
        ("a1,望岚县甲局,dept_county,,,,,,http://169.254.169.254/", "指向内部网络"),
        ("a1,望岚县甲局,dept_county,,,,,,http://[fd00::1]/", "指向内部网络"),
        ("a1,望岚县甲局,dept_county,,,,,,http://localhost:8080/", "指向内部网络"),
        ("a1,望岚县甲局,dept_county,,,,,,http://127.0.0.1/", "指向内部网络"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_told_with_its_line(tmp_path, row, told):
    old = "old,望岚县旧局,dept_county,,2001-01-01,2020-01-01,heir,,\n"
    heir = "heir,望岚县新局,dept_county,,,,,,\n"

    error = error_of(tmp_path, COLUMNS + old + heir + row + "\n", "r.csv", allow_loopback=False)

    assert told in str(error)
    assert "第 4 行" in str(error)
    assert "line 4" in error.english
    assert "有 1 处错误" in str(error)


def test_names_that_differ_only_in_their_brackets_are_one_name(tmp_path):
    rows = "a1,望岚县财政局（国资办）,dept_county\na2,望岚县财政局(国资办),dept_county\n"

    assert "重复（第 2 行已有）" in str(error_of(tmp_path, "id,name,kind\n" + rows, "r.csv"))


def test_a_site_on_this_machine_may_be_allowed(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("id,name,kind,columns\na1,望岚县财政局,dept_county,http://127.0.0.1:80/x\n")

    assert load(path, allow_loopback=True)
