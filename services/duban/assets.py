"""The one place that knows where rules and schemas are: packaged copy, or the checkout."""

from __future__ import annotations

from pathlib import Path

from duban.errors import UsageError


def find(name: str, given: Path | None = None) -> Path:
    """The folder `rules` or `schemas`: the path given by the user, the packaged one, the checkout.

    Raises UsageError when the given path, or every known one, does not exist.
    """
    if given is not None:
        if not given.is_dir():
            raise UsageError(f"找不到目录 {given}：请检查 --{name} 的路径。")
        return given
    here = Path(__file__).resolve().parent
    for candidate in (here / "_assets" / name, here.parent.parent / name):
        if candidate.is_dir():
            return candidate
    raise UsageError(f"安装不完整：缺少 {name} 目录，请重新安装 duban。")
