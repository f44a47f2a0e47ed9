"""`duban check` as a whole: order, forms of output, context, interruption."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from duban import assets
from duban.samples.making import make

DUBAN = str(Path(sys.executable).parent / "duban")


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [DUBAN, "check", *map(str, arguments)], capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> tuple[Path, list[dict[str, Any]]]:
    folder = tmp_path_factory.mktemp("made")
    make(folder, seed=11, agencies=6, years=(2023, 2024), fault_rate=0.5,
         formats=("html", "docx", "pdf"))  # fmt: skip
    return folder, json.loads((folder / "truth.json").read_text("utf-8"))["files"]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return json.loads((assets.find("schemas") / "check.v1.json").read_text("utf-8"))


def test_json_and_ndjson_say_the_same_in_the_order_of_the_arguments(made, schema):
    folder, truth = made
    files = [str(folder / item["path"]) for item in reversed(truth)]

    whole = json.loads(run(*files, "--format", "json", "--all").stdout)
    printed = run(*files, "--format", "ndjson", "--all", "--jobs", "3").stdout
    lines = [json.loads(line) for line in printed.splitlines()]

    jsonschema.validate(whole, schema)
    for line in lines:
        jsonschema.validate(line, {**schema, "$ref": "#/$defs/Entry"})
    assert whole["documents"] == lines
    assert [line["source"] for line in lines] == files


def test_a_folder_is_read_as_its_files_sorted_by_path(made):
    folder, _ = made

    found = json.loads(run(folder / "site", "--format", "json").stdout)["documents"]

    sources = [item["source"] for item in found]
    assert sources == sorted(sources)
    assert {item["status"] for item in found} >= {"report", "other_document"}


def has_error(item: dict[str, Any]) -> bool:
    """Whether an error was planted that shows without any context."""
    return any(
        finding["severity"] == "error"
        for planted in item["planted"]
        for finding in planted["findings"]
        if not planted["context"]
    )


def test_the_exit_code_is_0_for_a_sound_report_and_1_for_a_planted_error(made):
    folder, truth = made
    faulty = [item for item in truth if has_error(item)]
    sound = [item for item in truth if not item["planted"] and not item["oddities"]]
    assert faulty
    assert sound

    assert run(folder / faulty[0]["path"]).returncode == 1
    assert run(folder / sound[0]["path"]).returncode == 0


def test_the_prior_year_may_be_given(made):
    folder, truth = made
    mine = [t for t in truth if t["agency_id"] == truth[0]["agency_id"]]
    files = [folder / t["path"] for t in mine]

    done = run(files[1], "--prior", files[0], "--agency", mine[1]["agency"], "--year",
               mine[1]["year"], "--kind", mine[1]["kind"], "--format", "json")  # fmt: skip

    assert done.returncode in (0, 1), done.stderr
    assert json.loads(done.stdout)["documents"][0]["status"] == "report"


def test_an_interruption_ends_all_at_once_with_code_130(made, tmp_path):
    folder, truth = made
    report = next((folder / t["path"]).read_bytes() for t in truth if t["media"] == "docx")
    for number in range(1500):
        (tmp_path / f"{number}.docx").write_bytes(report)
    running = subprocess.Popen(
        [DUBAN, "check", str(tmp_path)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        text=True, start_new_session=True,
    )  # fmt: skip
    assert running.stderr is not None
    assert "已检查" in running.stderr.readline()  # it is at work now
    started = time.monotonic()
    os.killpg(running.pid, signal.SIGINT)
    _, error = running.communicate(timeout=20)

    assert running.returncode == 130, error
    assert time.monotonic() - started < 5
    assert "Traceback" not in error
    assert ends(running.pid)


def ends(group: int) -> bool:
    """Whether the last process of a group is gone within a few seconds."""
    for _ in range(50):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_options_may_come_from_the_environment(made):
    folder, truth = made

    done = subprocess.run(
        [DUBAN, "check", str(folder / truth[0]["path"])], capture_output=True, text=True,
        env={**os.environ, "DUBAN_CHECK_FORMAT": "ndjson"}, check=False, timeout=60,
    )  # fmt: skip

    assert json.loads(done.stdout)["status"] == "report"


def test_help_names_every_option_with_its_variable_and_examples():
    told = run("--help").stdout

    for name in ("FORMAT", "ALL", "AGENCY", "YEAR", "KIND", "PRIOR", "RULES", "JOBS", "LANG"):
        assert f"DUBAN_CHECK_{name}" in told
    assert "duban check 年报.docx" in told
