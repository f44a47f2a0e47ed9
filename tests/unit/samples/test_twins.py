from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from duban.samples.data import load
from duban.samples.twins import write

ROOT = Path(__file__).parents[3]
TWINS = ROOT / "samples" / "twins"
PAIRS = {
    "town_2021_blanks.txt": "000_690b3fd062718acc.txt",
    "town_2020_form2019.txt": "001_310db4eb9bbae478.txt",
    "district_2021_lost_ordinals.txt": "002_556f46a9c5195498.txt",
    "town_2021_tabs.txt": "003_c7cdc2898a3fcd12.txt",
    "town_2024_lost_ordinals.txt": "004_5381253050f8893c.txt",
}


def skeleton(text: str) -> list[str]:
    """A report without its words: tables without digits, blank lines, P for prose."""
    lines = []
    for line in text.split("\n"):
        layout = "\t" in line or not line.strip() or len(line) <= 5
        lines.append(re.sub(r"\d+(\.\d+)?", "N", line) if layout else "P")
    return lines


def test_the_committed_twins_are_what_the_builder_writes(tmp_path: Path) -> None:
    write(tmp_path)
    assert {p.name for p in tmp_path.iterdir()} == {p.name for p in TWINS.iterdir()}
    for path in tmp_path.iterdir():
        assert path.read_bytes() == (TWINS / path.name).read_bytes(), path.name


@pytest.mark.parametrize(("twin", "seed"), PAIRS.items())
def test_a_twin_has_the_byte_habits_of_its_sample(samples: Path, twin: str, seed: str) -> None:
    ours = (TWINS / twin).read_bytes().decode()
    theirs = (samples / "seeds" / seed).read_bytes().decode()
    assert skeleton(ours) == skeleton(theirs)


@pytest.mark.parametrize(("twin", "seed"), PAIRS.items())
def test_a_twin_repeats_no_sentence_of_its_sample(samples: Path, twin: str, seed: str) -> None:
    ours = (TWINS / twin).read_bytes().decode()
    theirs = (samples / "seeds" / seed).read_bytes().decode()
    sentences = {
        sentence
        for line in theirs.split("\n")
        if "\t" not in line and len(line) > 40
        for sentence in re.split(r"[。；]", line)
        if len(sentence) > 20
    }
    assert sentences
    assert [sentence for sentence in sentences if sentence in ours] == []


@pytest.mark.parametrize("entry", load("twins"), ids=lambda e: e["file"])
def test_the_numbers_a_twin_states_stand_in_its_prose(entry: dict[str, object]) -> None:
    text = (TWINS / str(entry["file"])).read_bytes().decode()
    body = re.sub(r"\n[^\n]*\t[^\n]*", "", text).replace(" ", "")
    facts = entry["facts"]
    assert isinstance(facts, list)
    for fact in facts:
        assert fact["value"] == 0 or re.search(rf"(?<!\d){fact['value']}(?!\d)", body)


def test_the_tables_of_the_twins_balance_and_their_faults_are_those_of_the_samples() -> None:
    files = json.loads((TWINS / "truth.json").read_text("utf-8"))["files"]
    rules = {f["path"]: [x["rules"][0] for p in f["planted"] for x in p["findings"]] for f in files}
    assert rules == {
        "town_2021_blanks.txt": [],
        "town_2020_form2019.txt": ["TXT-T3-NEW", "SUM-T3-BALANCE", "SUM-T3-OUTCOME"],
        "district_2021_lost_ordinals.txt": ["TXT-T3-NEW", "TXT-T4-LIT-PART", "SUM-LIT"],
        "town_2021_tabs.txt": ["FMT-T4-COL-COUNT"],
        "town_2024_lost_ordinals.txt": ["TXT-T3-NEW"],
    }
    for entry in files:
        value = {path: cell["value"] for path, cell in entry["cells"].items()}
        total = "applications.{}.total".format
        assert value[total("new_received")] + value[total("carried_over")] == (
            value[total("results.total")] + value[total("carried_forward")]
        )
