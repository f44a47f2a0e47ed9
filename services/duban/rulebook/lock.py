"""rules/lock.json: what each released rule and word list said under its version.

A file whose content changed without a new version, a version that went back, or a file that
vanished breaks the lock: a finding names the rule's version, so a version must mean one text.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import msgspec

from duban.errors import RuleError
from duban.rulebook.shape import rule_of, words_of
from duban.rulebook.source import read

NAME = "lock.json"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The version of a file and the SHA-256 of its bytes, line ends made equal."""

    version: int
    sha256: str


Lock = dict[str, Entry]  # a rule's id, or `lists/<name>`


def current(directory: Path) -> Lock:
    """What the files under `directory` say now."""
    lock: Lock = {}
    for path in sorted(directory.glob("*/*.yaml")):
        if path.parent.name in ("overlays", "deadlines"):
            continue
        data, raw = read(path, directory)
        name = path.relative_to(directory).as_posix()
        sha256 = hashlib.sha256(data).hexdigest()
        if path.parent.name == "lists":
            lock[f"lists/{path.stem}"] = Entry(words_of(raw, name).version, sha256)
        else:
            rule = rule_of(raw, name)
            lock[rule.id] = Entry(rule.version, sha256)
    return lock


def check(directory: Path) -> list[str]:
    """What is wrong between the files and the lock, one Chinese sentence each; empty if nothing."""
    return _compare(_written(directory), current(directory))


def write(directory: Path) -> None:
    """Write the lock anew; RuleError if a file changed without a new version or has vanished."""
    now = current(directory)
    forbidden = [
        problem
        for problem in _compare(_written(directory), now)
        if not problem.endswith(_MAY_BE_WRITTEN)
    ]
    if forbidden:
        raise RuleError("；".join(forbidden) + "。")
    text = json.dumps(msgspec.to_builtins(now), ensure_ascii=False, indent=1, sort_keys=True)
    (directory / NAME).write_text(f"{text}\n", encoding="utf-8")


_MAY_BE_WRITTEN = "请重写锁定文件"


def _written(directory: Path) -> Lock:
    path = directory / NAME
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=Lock)
    except (msgspec.DecodeError, OSError) as error:
        raise RuleError(f"{path}：不是有效的锁定文件（{error}），请从版本库恢复。") from error


def _compare(written: Lock, now: Lock) -> list[str]:
    problems = []
    for name in sorted(written.keys() | now.keys()):
        old, new = written.get(name), now.get(name)
        if old is None:
            problems.append(f"{name} 尚未锁定，{_MAY_BE_WRITTEN}")
        elif new is None:
            problems.append(f"{name} 已锁定但文件不存在，停用的规则应保留文件并改为 retired")
        elif new.version < old.version:
            problems.append(f"{name} 的版本由 {old.version} 退回 {new.version}")
        elif new.sha256 != old.sha256 and new.version == old.version:
            problems.append(f"{name} 的内容已变而版本仍为 {old.version}，请把版本加一")
        elif new.version > old.version:
            problems.append(
                f"{name} 的版本已由 {old.version} 升为 {new.version}，{_MAY_BE_WRITTEN}"
            )
    return problems
