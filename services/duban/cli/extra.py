"""Commands that need an extra of the installation."""

from __future__ import annotations

import importlib.util
import sys

from duban.errors import UsageError


def need(extra: str, *modules: str) -> None:
    """UsageError with the command that installs it, where a module of the extra is not there."""
    missing = [
        name
        for name in modules  # one that is loaded may have put another in its place, as Faust does
        if name not in sys.modules and importlib.util.find_spec(name) is None
    ]
    if missing:
        raise UsageError(
            f"缺少 {'、'.join(missing)}：请运行 pip install 'duban[{extra}]'。",
            f"{', '.join(missing)} is not installed: please run pip install 'duban[{extra}]'.",
        )
