"""Programs that tests call and a desk may lack; in CI all of them are there."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(reason: str) -> NoReturn:
    """Skip the test at a desk with one clear line; fail it in CI, where nothing may be missing."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def program(name: str, package: str) -> str:
    """The path of a program of a Debian package; without it a test is skipped, in CI it fails."""
    found = shutil.which(name)
    if found is None:
        missing(f"{name} is not installed (Debian package {package})")
    return found


def without_privileges() -> list[str]:
    """What starts a program for which permissions hold, also where root runs the tests."""
    if os.geteuid() != 0:
        return []
    allowed = "--bounding-set=-dac_override,-dac_read_search"
    return [program("setpriv", "util-linux"), allowed]
