"""What all tests share: where the real samples lie, and which tests keep together."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

pytest.register_assert_rewrite("duban.testing")

from duban.testing.programs import missing, program  # noqa: E402 - rewritten when it is imported

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent

#: Tests of these folders share servers or a browser, and run in one process; so do those of a file,
#: which may share what is made once for it.
TOGETHER = ("stack", "browser")
#: The folders whose tests take long come first, so that no process ends long after the others.
FIRST = ("stack", "acceptance", "browser", "contract", "docs")

# A shell that starts the tests in the background has them ignore interruptions, and with them
# every program they start; a user's programs do not.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _folder(path: Path) -> str:
    return path.relative_to(HERE).parts[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Under `pytest -n` (see `make test`): which tests run in one process, and in which order."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.partition("::")[0]
            folder = _folder(ROOT / file)
            return folder if folder in TOGETHER else file

    config.option.loadscopereorder = False
    return Scheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    rank = {folder: number for number, folder in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(_folder(item.path), len(FIRST)))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real samples (DUBAN_SAMPLES overrides)."""
    folder = Path(os.environ.get("DUBAN_SAMPLES", ROOT.parent / "shared" / "samples"))
    if not folder.is_dir():
        missing(f"没有真实样本：{folder} 不存在（可用 DUBAN_SAMPLES 指定）。")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium, for pages and for printing to pdf."""
    others = filter(None, map(shutil.which, ("chromium-browser", "google-chrome")))
    return shutil.which("chromium") or next(others, "") or program("chromium", "chromium")


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    return program("soffice", "libreoffice-writer-nogui")
