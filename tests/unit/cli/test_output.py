"""What is printed: the public shape to the letter, and text a clerk can act on."""

from __future__ import annotations

import json
import re

import jsonschema
import msgspec
import pytest

from duban import assets
from duban.cli.output.progress import Progress
from duban.cli.output.public import entry
from duban.cli.output.schema import check_schema
from duban.cli.output.text import TextWriter
from duban.domain import basis
from duban.domain.finding import Coverage, Finding, Judgement, Outcome, Suspect
from duban.domain.place import Place
from duban.domain.report import Cell, Fact, Fees, Reading, Reason, Report, Section, Table

PATH = "applications.results.granted.total"
FINDING = Finding(
    rule="T3-SUM-ROW",
    severity="error",
    message="各列之和为98，总计为89。",
    message_en="Columns add up to 98, total says 89.",
    cells=(PATH, "applications.results.granted.natural_person"),
    suspect=Suspect((PATH,), {PATH: 98}, "两位数字颠倒"),
    expected=98,
    actual=89,
    quote="予以公开 89",
    at=Place(page=4, table=3, row=7, column=9),
    basis=("A50", "F2021-T3"),
    fingerprint="f1",
    evidence="e1",
)
JUDGEMENT = Judgement(
    findings=(FINDING,),
    outcomes=(
        Outcome("T3-SUM-ROW", "fail", "x"),
        Outcome("T4-SUM-RECON", "cannot_tell", "表四读不清"),
        Outcome("SEC-MISSING", "pass", "核对6项"),
    ),
    coverage=Coverage(assertions=5, passed=3, fail=1, cannot_tell=1),
)
CELLS = {
    "new_received.total": Cell(kind="number", raw="12", value=12, at=Place(line=3)),
    "carried_over.total": Cell(kind="mark", raw="/", at=Place(line=4)),
    "carried_forward.total": Cell(kind="blank", raw=""),
    "results.total": Cell(kind="number", raw="3件", value=3, unit="件"),
    "results.granted.total": Cell(kind="unreadable", raw="1?", note="看不清"),
}
REPORT = Report(
    agency="望岚县财政局",
    year=2023,
    regime="R2021",
    title="望岚县财政局2023年年报",
    sections=(Section(heading="一、总体情况", at=Place(line=1), part=1, ordinal=1, text="…"),),
    tables={
        "disclosure": None,
        "applications": Table(name="applications", at=Place(line=2), cells=CELLS),
        "disputes": Table(name="disputes", at=Place(line=9), cells={}, doubt="列数不符"),
    },
    facts=(Fact(name="received", value=24, quote="24件", at=Place(line=1), part=1, scope=("含",)),),
    fees=Fees(stated=True, notice_count=0, quote="均为0"),
)
GOOD = Reading(media="docx", status="report", report=REPORT)


def plain(reading: Reading = GOOD, judgement: Judgement | None = JUDGEMENT, *, everything=False):
    item = entry("a.docx", reading, judgement, sha256="0" * 64, size=3, with_outcomes=everything)
    return json.loads(msgspec.json.encode(item))


def test_the_schema_is_the_one_checked_in():
    kept = json.loads((assets.find("schemas") / "check.v1.json").read_text("utf-8"))

    assert kept == json.loads(msgspec.json.encode(check_schema())), (
        "python -m duban.cli.output.schema > schemas/check.v1.json"
    )


@pytest.mark.parametrize("everything", [False, True])
def test_an_entry_is_of_the_public_shape(everything):
    schema = {**check_schema(), "$ref": "#/$defs/Entry"}

    jsonschema.validate(plain(everything=everything), schema)


def test_a_value_stands_only_in_cells_that_are_numbers():
    cells = plain()["report"]["tables"]["applications"]

    assert cells["new_received.total"] == {
        "kind": "number", "value": 12, "raw": "12", "at": {"line": 3},
    }  # fmt: skip
    assert cells["carried_over.total"] == {
        "kind": "mark", "value": None, "raw": "/", "at": {"line": 4},
    }  # fmt: skip
    assert cells["carried_forward.total"]["value"] is None
    assert cells["results.total"]["unit"] == "件"
    assert cells["results.granted.total"]["note"] == "看不清"


def test_a_table_that_is_not_there_is_null_and_one_not_trusted_says_why():
    report = plain()["report"]

    assert report["tables"]["disclosure"] is None
    assert report["tables"]["disputes"] == {}
    assert report["doubts"] == {"disputes": "列数不符"}


def test_sections_facts_and_fees_have_all_their_fields():
    report = plain()["report"]

    assert report["sections"] == [
        {"part": 1, "ordinal": 1, "heading": "一、总体情况", "at": {"line": 1}}
    ]
    assert report["facts"] == [
        {
            "name": "received", "value": 24, "approximate": False, "scope": ["含"], "part": 1,
            "quote": "24件", "at": {"line": 1},
        }
    ]  # fmt: skip
    assert report["fees"] == {
        "stated": True, "notice_count": 0, "notice_amount_yuan": None,
        "collected_amount_yuan": None, "quote": "均为0",
    }  # fmt: skip


def test_findings_and_coverage_have_the_public_names():
    item = plain()

    [finding] = item["findings"]
    assert finding["suspect"]["proposed"] == {PATH: 98}
    assert finding["at"] == {"page": 4, "table": 3, "row": 7, "column": 9}
    assert set(finding) >= {
        "rule", "severity", "message", "message_en", "cells", "suspect", "expected", "actual",
        "quote", "at", "basis", "blame", "fingerprint", "evidence", "failed",
    }  # fmt: skip
    assert item["coverage"] == {
        "assertions": 5, "pass": 3, "fail": 1, "cannot_tell": 1, "not_applicable": 0,
    }  # fmt: skip


def test_outcomes_are_listed_when_asked_for_and_failures_are_not_among_them():
    assert "outcomes" not in plain()
    assert [o["outcome"] for o in plain(everything=True)["outcomes"]] == ["cannot_tell", "pass"]


@pytest.mark.parametrize("status", ["other_document", "unreadable"])
def test_what_is_no_report_carries_no_number_even_if_one_came(status):
    bad = Reading(media="pdf", status=status, reason=Reason("x", "y"), report=REPORT)

    item = plain(bad)

    assert (item["report"], item["findings"], item["coverage"]["assertions"]) == (None, [], 0)


def text(reading: Reading, judgement: Judgement | None, language: str, capsys) -> str:
    with TextWriter({"T3-SUM-ROW": ("核对各列。", "Check the columns.")}, language) as out:
        out.write(entry("a.docx", reading, judgement, sha256=None, size=None, with_outcomes=False))
    return capsys.readouterr().out


def test_a_clerk_reads_what_where_what_instead_and_why(capsys):
    told = text(GOOD, JUDGEMENT, "zh", capsys)

    for words in (
        "望岚县财政局 2023年（2021年格式，docx）",
        "[错误] 各列之和为98，总计为89。",
        "第4页第3个表格第7行第9列",
        "第三部分表格“（一）予以公开”行“总计”列",
        "所填 89，对照 98",
        "→ 98（两位数字颠倒）",
        "核对各列。",
        "《政府信息公开条例》第五十条；国办公开办函〔2021〕30号格式第三部分表格（T3-SUM-ROW）",
        "第四部分表格结构不清，未作判断：列数不符",
        "错误 1，疑似 0，提示 0；共核对 5 项：相符 3，不符 1，无法判断 1，不适用 0。",
    ):
        assert words in told


def test_the_same_in_english(capsys):
    told = text(GOOD, JUDGEMENT, "en", capsys)

    for words in ("[error] Columns add up", "page 4, table 3", "says 89, against 98", "art. 50"):
        assert words in told


def test_what_is_probably_our_own_misreading_is_not_held_against_the_agency(capsys):
    ours = msgspec.structs.replace(FINDING, blame="reading")
    told = text(GOOD, msgspec.structs.replace(JUDGEMENT, findings=(ours,)), "zh", capsys)

    assert "总计为89" not in told
    assert "另有 1 处可能是本程序读取有误" in told
    assert "错误 0" in told


def test_a_file_that_is_no_report_says_why(capsys):
    bad = Reading(media="pdf", status="unreadable", reason=Reason("scanned", "是扫描件。"))

    assert "无法读取：是扫描件。" in text(bad, None, "zh", capsys)


def test_nothing_is_coloured_outside_a_terminal(capsys):
    assert "\x1b" not in text(GOOD, JUDGEMENT, "zh", capsys)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("A49", "《政府信息公开条例》第四十九条"),
        ("A50(4)", "《政府信息公开条例》第五十条第（四）项"),
        ("A7", "《政府信息公开条例》第七条"),
        ("A10", "《政府信息公开条例》第十条"),
        ("A13", "《政府信息公开条例》第十三条"),
        ("F2021", "国办公开办函〔2021〕30号格式"),
        ("F2021-1(5)", "国办公开办函〔2021〕30号格式第1(5)项"),
        ("F2019-T4", "国办公开办函〔2019〕60号格式第四部分表格"),
        ("custom", "本系统核对规则"),
        ("X-1", "X-1"),
    ],
)
def test_legal_bases_in_words(code, words):
    assert basis.in_words(code) == words
    assert re.search(r"[a-zA-Z]", basis.in_words(code, "en"))


class TestProgress:
    @pytest.fixture
    def clock(self, monkeypatch):
        now = [100.0]
        monkeypatch.setattr("duban.cli.output.progress.time.monotonic", lambda: now[0])
        return now

    def test_a_quick_run_says_nothing(self, clock, capsys):
        with Progress(3, "zh") as progress:
            clock[0] += 0.9
            progress.step()

        assert capsys.readouterr().err == ""

    def test_a_long_run_says_how_far_it_is_now_and_then(self, clock, capsys):
        with Progress(3, "zh") as progress:
            for _ in range(3):
                clock[0] += 6
                progress.step()

        assert capsys.readouterr().err == "已检查 1 / 3 份\n已检查 3 / 3 份\n"
