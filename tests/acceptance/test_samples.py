"""`duban check` on the real samples finds exactly what the field reference says, and no other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

DUBAN = Path(sys.executable).parent / "duban"

#: Errors and warnings of the field reference, part 4, among the rules of the rulebook.
EXPECTED = {
    "000": [],
    "001": [("TXT-T3-NEW", "error"), ("SUM-T3-BALANCE", "error"), ("SUM-T3-OUTCOME", "warning")],
    "002": [("TXT-T4-LIT-PART", "error"), ("SUM-LIT", "error"), ("TXT-T3-NEW", "warning")],
    "003": [("FMT-T4-COL-COUNT", "warning")],
    "004": [("TXT-T3-NEW", "error")],
}


def check(*arguments: object) -> dict[str, Any]:
    done = subprocess.run(
        [DUBAN, "check", "--format", "json", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def seeds(samples: Path) -> dict[str, Any]:
    found = check(samples / "seeds")["documents"]
    return {Path(document["source"]).name[:3]: document for document in found}


@pytest.fixture(scope="module")
def real(samples: Path) -> dict[str, Any]:
    found = check(samples / "real")["documents"]
    return {Path(document["source"]).stem: document for document in found}


def told(document: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter(
        (finding["rule"], finding["severity"])
        for finding in document["findings"]
        if finding["severity"] != "info"
    )


@pytest.mark.parametrize("seed", EXPECTED)
def test_a_seed_has_exactly_the_known_errors_and_warnings(seeds: dict[str, Any], seed: str) -> None:
    assert told(seeds[seed]) == Counter(EXPECTED[seed])


def test_the_seeds_without_any_date_are_the_known_ones(seeds: dict[str, Any]) -> None:
    undated = {
        seed
        for seed, document in seeds.items()
        if any(finding["rule"] == "DL-DATE-UNKNOWN" for finding in document["findings"])
    }

    assert undated == {"000", "001", "003", "004"}


def test_the_findings_of_the_seeds_say_what_stands_where(seeds: dict[str, Any]) -> None:
    by_rule = {
        (seed, finding["rule"]): finding
        for seed, document in seeds.items()
        for finding in document["findings"]
    }
    new = by_rule["001", "TXT-T3-NEW"]
    assert (new["actual"], new["expected"]) == (13, 18)
    assert "新收依申请公开13件" in new["quote"]
    assert new["at"]["line"] == 17
    balance = by_rule["001", "SUM-T3-BALANCE"]
    assert {balance["actual"], balance["expected"]} == {26, 30}
    part = by_rule["002", "TXT-T4-LIT-PART"]
    assert (part["actual"], part["expected"]) == (1, 3)
    assert "1件尚在审理中" in part["quote"]
    litigation = by_rule["002", "SUM-LIT"]
    assert (litigation["actual"], litigation["expected"]) == (20, 18)
    town = by_rule["004", "TXT-T3-NEW"]
    assert (town["actual"], town["expected"]) == (69, 63)


def test_no_real_report_is_accused_of_an_error(real: dict[str, Any]) -> None:
    for name, document in real.items():
        errors = [f for f in document["findings"] if f["severity"] == "error"]
        assert errors == [], f"{name}: {[(f['rule'], f['message']) for f in errors]}"


def test_the_real_reports_are_known_for_what_they_are(real: dict[str, Any]) -> None:
    told_of = {
        name: (
            document["status"],
            document["report"] and document["report"]["agency"],
            document["report"] and document["report"]["year"],
            document["report"] and document["report"]["regime"],
        )
        for name, document in real.items()
    }
    assert told_of == {
        "huaian_2024": ("report", "淮安市人民政府", 2024, "R2021"),
        "shanghai_office_2019": ("report", "上海市人民政府办公厅", 2019, "R2019"),
        "shuyang_fgj_2023": ("report", "沭阳县发展和改革局", 2023, "R2021"),
        "official_template": ("other_document", None, None, None),
    }
    assert real["official_template"]["reason"]["code"] == "unfilled_template"


def test_blank_cells_of_a_real_report_are_told_as_blank(real: dict[str, Any]) -> None:
    rules = told(real["shanghai_office_2019"])
    assert rules["FMT-CELL-BLANK", "warning"] == 2  # tables 3 and 4
