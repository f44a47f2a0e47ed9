"""Every `console` block of the readmes and the tutorial is run as a reader would run it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = ("README.md", "README.zh.md", "docs/tutorial.md")
LINKED = sorted(str(p.relative_to(ROOT)) for p in (ROOT / "docs").rglob("*.md"))
BIN = Path(sys.executable).parent
#: `make test` is this very run; `make demo` has its own journey in tests/acceptance/test_demo.py.
ELSEWHERE = {"make test", "make demo"}


def commands() -> list[tuple[str, str]]:
    found = []
    for page in PAGES:
        text = (ROOT / page).read_text(encoding="utf-8")
        for block in re.findall(r"```console\n(.*?)```", text, re.S):
            found += [(page, line[2:]) for line in block.splitlines() if line.startswith("$ ")]
    return found


def test_the_pages_show_commands() -> None:
    shown = {command for _, command in commands()}
    assert shown >= ELSEWHERE
    assert len(shown) > len(ELSEWHERE)


@pytest.mark.parametrize("page", PAGES)
def test_the_commands_of_a_page_run_in_order(page: str) -> None:
    for where, command in commands():
        if where != page or command in ELSEWHERE:
            continue
        words = shlex.split(command)
        words[0] = str(BIN / Path(words[0]).name)
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1), f"{page}: {command}\n{done.stderr}"
        assert "Traceback" not in done.stderr
        assert done.stdout.strip(), f"{page}: {command} printed nothing"


@pytest.mark.parametrize("page", [*PAGES, *LINKED])
def test_links_to_files_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)", text):
        if "://" not in target:
            assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"


def test_the_readmes_fit_two_screens() -> None:
    for page in PAGES[:2]:
        assert len((ROOT / page).read_text(encoding="utf-8").splitlines()) <= 80


def test_every_how_to_page_is_found_from_both_readmes() -> None:
    for page in PAGES[:2]:
        text = (ROOT / page).read_text(encoding="utf-8")
        for one in (ROOT / "docs" / "how-to").glob("*.md"):
            assert f"docs/how-to/{one.name}" in text, f"{page}: {one.name}"
