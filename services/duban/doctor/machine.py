"""The machine: interpreter, libraries, time zone, settings, Java."""

from __future__ import annotations

import difflib
import importlib.metadata
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from duban import __version__
from duban.doctor.finding import Finding, good, note, wrong

OLDEST_PYTHON = (3, 11)
#: Libraries of the distributed profile: the versions it was made for, from and below.
LIBRARIES: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "kafka-python": ((2, 2), (4,)),
    "faust-streaming": ((0, 11), (1,)),
    "elasticsearch": ((9, 2), (9, 3)),
    "fsspec": ((2025, 1), (3000,)),
}
_INSTALL = "pip install 'duban[distributed]'"
_JAVA_OF_THE_TESTS = 21
_PATIENCE_S = 20


def program() -> Iterator[Finding]:
    """The interpreter, and what is built into it."""
    found = f"duban {__version__}，Python {platform.python_version()}，SQLite {_sqlite()}"
    if sys.version_info < OLDEST_PYTHON:
        needed = ".".join(map(str, OLDEST_PYTHON))
        yield wrong("python", sys.executable, f"{found}：需要 Python {needed} 或更新版本。",
                    f"{found}: Python {needed} or newer is needed.")  # fmt: skip
        return
    yield good("python", sys.executable, found, found)
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        yield wrong(
            "sqlite",
            sys.executable,
            "SQLite 没有全文检索（FTS5），无法搜索：请换用带 FTS5 的 Python。",
            "SQLite comes without full text search (FTS5): please use a Python that has it.",
        )
    finally:
        connection.close()


def time_zone() -> Iterator[Finding]:
    """The time zone of the law must be known."""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        yield wrong("time zone", "Asia/Shanghai", "系统没有时区数据。",
                    "the system has no data of time zones.", "pip install tzdata")  # fmt: skip


def libraries() -> Iterator[Finding]:
    """What the extra installs, and what must not lie beside it."""
    for name, (oldest, below) in LIBRARIES.items():
        version = _installed(name)
        if version is None:
            yield wrong("library", name, "没有安装。", "is not installed.", _INSTALL)
        elif not oldest <= _numbers(version) < below:
            wanted = f">= {_dotted(oldest)}, < {_dotted(below)}"
            yield wrong("library", name, f"版本是 {version}，需要 {wanted}。",
                        f"is version {version}, needed is {wanted}.", _INSTALL)  # fmt: skip
        else:
            yield good("library", name, version, version)
    if _installed("elasticsearch-dsl") is not None:
        yield wrong(
            "library",
            "elasticsearch-dsl",
            "这个包已废弃，会与 elasticsearch 9 冲突。",
            "this package is deprecated and gets in the way of elasticsearch 9.",
            "pip uninstall elasticsearch-dsl",
        )


def variables(environment: Mapping[str, str], known: Collection[str]) -> Iterator[Finding]:
    """Variables that nothing looks at: mostly a slip of the pen."""
    for name in sorted(environment):
        if name.startswith("DUBAN_") and name not in known:
            near = difflib.get_close_matches(name, known, 1, 0.8)
            zh = f"，是否想写 {near[0]}" if near else ""
            en = f"; is {near[0]} meant" if near else ""
            yield note("variable", name, f"没有哪项设置叫这个名字{zh}？",
                       f"no setting is called so{en}?")  # fmt: skip


def java() -> Iterator[Finding]:
    """Only the tests with real servers need it."""
    found = shutil.which("java")
    said = _java_version([found, "-version"]) if found else None
    if said is not None and said >= _JAVA_OF_THE_TESTS:
        yield good("java", found or "", f"Java {said}", f"Java {said}")
        return
    here = f"Java {said}" if said is not None else "没有 Java"
    en = f"Java {said}" if said is not None else "no Java"
    yield note(
        "java",
        found or "PATH",
        f"{here}：运行督办不需要；make stack（本机的真实服务器）要 {_JAVA_OF_THE_TESTS} 或更新。",
        f"{en}: duban needs none; make stack (real servers here) needs {_JAVA_OF_THE_TESTS}.",
    )


def _java_version(command: Sequence[str]) -> int | None:
    try:
        said = subprocess.run(  # noqa: S603 - the java that is found on the path
            command, capture_output=True, text=True, check=False, timeout=_PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found[1]) if found else None


def _sqlite() -> str:
    return sqlite3.sqlite_version


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(one) for one in re.findall(r"\d+", version))


def _dotted(version: Sequence[int]) -> str:
    return ".".join(map(str, version))
