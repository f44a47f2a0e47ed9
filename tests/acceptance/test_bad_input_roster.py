"""A wrong roster given to `duban serve`: every fault at once, in two languages, nothing done."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.serving import served

DUBAN = Path(sys.executable).parent / "duban"
GOOD = "id,name,kind\na,望岚县财政局,dept_county\nb,望岚县教育局,dept_county\n"


def refused(folder: Path, roster: str | bytes, name: str) -> list[str]:
    """The lines `duban serve` says of a roster that it must refuse."""
    path = folder / name
    path.write_bytes(roster if isinstance(roster, bytes) else roster.encode())
    run = subprocess.run(
        [DUBAN, "serve", "--roster", path, "--data", folder / "data", "--port", "0"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert run.returncode == 2, run.stderr
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    assert f"错误：名录 {path} " in run.stderr
    assert f"Error: The roster {path} " in run.stderr
    return run.stderr.splitlines()


def test_a_roster_with_every_kind_of_fault_is_told_whole_and_nothing_is_begun(
    tmp_path: Path,
) -> None:
    lines = refused(
        tmp_path,
        "id,name,kind,parent,valid_from,valid_to,merged_into,columns\n"
        "a,望岚县财政局,dept_county,,,,,\n"
        "a,望岚县财政局,dept_county,,,,,\n"
        "b,望岚县教育局,dept_county,nobody,,,,\n"
        "c,望岚县粮食局,dept_county,d,,,,\n"
        "d,望岚县商务局,dept_county,c,,,,\n"
        "e,望岚县体育局,dept_county,,2024-05-01,2023-05-01,,\n"
        "f,望岚县文化局,school,,,,,http://10.0.0.1/\n"
        "g,望岚县旅游局,dept_county\n"
        "h,望岚县外事局,dept_county,,,2024-01-01,zz,http://127.0.0.1:1/\n",
        "r.csv",
    )

    chinese, english = lines[: len(lines) // 2], lines[len(lines) // 2 :]
    assert "有 11 处错误，没有登记任何机关" in chinese[0]
    for line, words in (
        (3, "id：“a”重复（第 2 行已有）"), (3, "name：“望岚县财政局”重复"),
        (4, "“nobody”不在名录中"),
        (5, "“c”的上级绕回到它自己"), (6, "“d”的上级绕回到它自己"), (7, "早于 valid_from"),
        (8, "“school”不对"), (8, "指向内部网络"), (9, "有 3 列，应为 8 列"),
        (10, "“zz”不在名录中"), (10, "“http://127.0.0.1:1/”指向内部网络"),
    ):  # fmt: skip
        assert any(f"第 {line} 行" in one and words in one for one in chinese), words
    assert sum("  line " in one for one in english) == 11
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "roster", "told"),
    [
        ("r.csv", GOOD.replace("id,", "编号,").encode("gbk"), "像是 GBK"),
        ("r.yaml", "format: duban.roster/1\nagencies: &a\n- [*a, *a]\n", "不能用引用（*a）"),
    ],
)
def test_a_file_that_is_no_roster_is_told(
    tmp_path: Path, name: str, roster: str | bytes, told: str
) -> None:
    assert told in "\n".join(refused(tmp_path, roster, name))
    assert not (tmp_path / "data").exists()


def test_a_wrong_roster_leaves_the_one_in_force(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD)
    with served(tmp_path, "--no-crawl", "--roster", tmp_path / "good.csv"):
        pass

    refused(tmp_path, GOOD + "b,望岚县体育局,dept_county\n", "wrong.csv")

    with EmbeddedStore(tmp_path / "data") as store:
        names = [one.event.name for one in store.log.read("facts")]
    assert names.count("agency.registered") == 2
    assert "agency.removed" not in names
