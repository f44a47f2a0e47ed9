"""What all tests share: where the real samples lie, and which tests keep together."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

pytest.register_assert_rewrite("duban.testing")

from duban.testing.programs import missing, program  # noqa: E402 - rewritten when it is imported

ROOT = Path(__file__).parents[1]
HERE = Path(__file__).parent

#: Folders whose tests share servers or a browser stay in one process, and those of a file, which
#: may share what is made once for it.
TOGETHER = ("stack", "browser")
#: The folders whose tests take long come first, so that no process ends long after the others.
FIRST = ("stack", "acceptance", "browser", "contract", "docs")

# A shell that starts the tests in the background has them ignore interruptions, and with them
# every program they start; a user's programs do not.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _folder(item: pytest.Item) -> str:
    return item.path.relative_to(HERE).parts[0]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Tell `pytest -n` (see `make test`) which tests are to run in one process."""
    if item.config.pluginmanager.hasplugin("xdist"):
        folder = _folder(item)
        group = folder if folder in TOGETHER else str(item.path.relative_to(HERE))
        item.add_marker(pytest.mark.xdist_group(group))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    rank = {folder: number for number, folder in enumerate(FIRST)}
    items.sort(key=lambda item: rank.get(_folder(item), len(FIRST)))


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
