from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from duban.errors import UsageError
from duban.samples import make

TWO_COUNTIES = {"seed": 8, "agencies": 58, "years": (2022,), "formats": ("html", "docx")}


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_processes_make_the_bytes_that_one_makes(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    make(tmp_path / "one", **TWO_COUNTIES)
    summary = make(
        tmp_path / "two", **TWO_COUNTIES, processes=2, progress=lambda *done: seen.append(done)
    )
    assert digest(tmp_path / "one") == digest(tmp_path / "two")
    assert summary.reports == 58
    assert seen[-1] == (58, 58)


class InterruptionError(Exception):
    pass


def interrupted_after(folder: Path, reports: int) -> None:
    def stop(done: int, _: int) -> None:
        if done == reports:
            raise InterruptionError

    with pytest.raises(InterruptionError):
        make(folder, **TWO_COUNTIES, progress=stop)


def test_a_call_that_was_interrupted_is_gone_on_with(tmp_path: Path) -> None:
    make(tmp_path / "whole", **TWO_COUNTIES)
    make(tmp_path / "torn", seed=1, agencies=3, years=(2023,))
    interrupted_after(tmp_path / "torn", 57)
    kept = next((tmp_path / "torn" / "site" / "wl002" / "gknb").glob("t*_2022.html"))
    before = kept.stat().st_mtime_ns
    summary = make(tmp_path / "torn", **TWO_COUNTIES)
    assert kept.stat().st_mtime_ns == before
    assert summary.reports == 58
    assert digest(tmp_path / "torn") == digest(tmp_path / "whole")


def test_other_arguments_after_an_interruption_are_refused(tmp_path: Path) -> None:
    interrupted_after(tmp_path, 3)
    with pytest.raises(UsageError, match="未完成"):
        make(tmp_path, seed=9, agencies=58, years=(2022,))


def test_a_torn_record_of_an_interruption_is_told(tmp_path: Path) -> None:
    interrupted_after(tmp_path, 3)
    (tmp_path / "parts" / "plan.json").write_text("{", "utf-8")
    with pytest.raises(UsageError, match="损坏"):
        make(tmp_path, **TWO_COUNTIES)


def test_exactly_so_many_reports_are_made_as_asked_for(tmp_path: Path) -> None:
    summary = make(tmp_path, seed=8, agencies=4, years=(2021, 2022, 2023), reports=10)
    files = json.loads((tmp_path / "truth.json").read_text("utf-8"))["files"]
    assert summary.reports == len(files) == 10
    assert [f["year"] for f in files[-1:]] == [2023]


def test_three_in_five_reports_of_a_county_are_pages_and_one_in_ten_is_a_pdf(
    tmp_path: Path,
) -> None:
    summary = make(tmp_path, seed=8, agencies=56, years=(2021, 2022, 2023, 2024), fault_rate=0)
    share = {name: count / summary.reports for name, count in summary.by_format.items()}
    assert 0.55 < share["html"] < 0.66
    assert 0.25 < share["docx"] < 0.35
    assert 0.06 < share["pdf"] < 0.14
