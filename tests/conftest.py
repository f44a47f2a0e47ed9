"""What all tests share: where the real samples lie, and what a missing program means."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest

pytest.register_assert_rewrite("duban.testing")

ROOT = Path(__file__).parents[1]

# A shell that starts the tests in the background has them ignore interruptions, and with them
# every program they start; a user's programs do not.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def missing(what: str) -> None:
    """Skip at a desk with one clear line; fail in CI, where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


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
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    missing("没有 Chromium：apt install chromium 后可运行浏览器测试。")
    raise AssertionError


@pytest.fixture(scope="session")
def soffice() -> str:
    """The path of LibreOffice."""
    if found := shutil.which("soffice"):
        return found
    missing("没有 LibreOffice：apt install libreoffice-writer-nogui 后可运行。")
    raise AssertionError
