"""A roster file as plain entries, each value with the line it stands in (YAML or CSV)."""

from __future__ import annotations

import codecs
from pathlib import Path

from duban.crawler.roster_csv import csv_source
from duban.crawler.roster_entry import Source
from duban.crawler.roster_fault import holds_invisible, unusable
from duban.crawler.roster_yaml import yaml_source
from duban.errors import RosterError

MOST_BYTES = 20 * 2**20  # the 170,000 agencies of the country need less than this
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, xls
_CONTROL = bytes(range(32))
_TEXT = b"\t\n\f\r\x1a"  # the last ends the files of some old programs
_SAVE_AS = (
    "请用 Excel 另存为“CSV UTF-8（逗号分隔）”，或用记事本打开后另存为，编码选 UTF-8",
    "save it as “CSV UTF-8” in Excel, or open it in Notepad and save it with the encoding UTF-8",
)


def read(path: Path) -> Source:
    """The entries of a roster file; RosterError where it is no roster file at all."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".yaml", ".yml"):
        raise unusable(
            path, "的扩展名不认识：请使用 .yaml 或 .csv 文件", "must be a .yaml or a .csv file"
        )
    text = _decoded(path, _bytes(path))
    if not text.strip():
        raise unusable(
            path,
            "是空的：YAML 应以 format: duban.roster/1 开头，CSV 第一行应为各列名称"
            "（至少 id、name、kind）",
            "is empty: YAML begins with format: duban.roster/1, CSV with the names of its columns "
            "(at least id, name, kind)",
        )
    return csv_source(text) if suffix == ".csv" else yaml_source(text, path)


def _bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _missing(path)
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise unusable(
                path,
                f"有 {size / 2**20:.0f} MB，超过名录的上限 {MOST_BYTES // 2**20} MB，没有读取："
                "请检查是否给错了文件",
                f"has {size / 2**20:.0f} MB, more than the {MOST_BYTES // 2**20} MB a roster may "
                "have, and was not read: please check whether it is the right file",
            )
        return path.read_bytes()
    except PermissionError as error:
        raise unusable(
            path, "没有权限读取：请检查文件权限", "may not be read: please check its permissions"
        ) from error
    except OSError as error:
        why = error.strerror
        raise unusable(
            path, f"无法读取（{why}）：请检查路径", f"cannot be read ({why}): please check the path"
        ) from error


def _missing(path: Path) -> RosterError:
    if path.exists():
        return unusable(path, "不是文件：请给出名录文件的路径", "is not a file: please name a file")
    return unusable(path, "不存在：请检查路径", "does not exist: please check the path")


def _decoded(path: Path, data: bytes) -> str:
    if data.startswith(_WORKBOOKS):
        raise unusable(
            path,
            f"是 Excel 工作簿，不是 CSV：{_SAVE_AS[0]}",
            f"is an Excel workbook, not CSV: {_SAVE_AS[1]}",
        )
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unusable(
            path, f"是 UTF-16 编码：{_SAVE_AS[0]}", f"is encoded in UTF-16: {_SAVE_AS[1]}"
        )
    if data.translate(None, _TEXT) != data.translate(None, _TEXT + _CONTROL):
        raise unusable(
            path,
            "是二进制文件，不是文字：请检查是否给错了文件",
            "is a binary file, not text: please check whether it is the right file",
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        zh, en = ("（像是 GBK）", " (it looks like GBK)") if _is_gbk(data) else ("", "")
        raise unusable(
            path,
            f"第 {line} 行起不是 UTF-8 编码{zh}：{_SAVE_AS[0]}",
            f"is not in UTF-8 from line {line} on{en}: {_SAVE_AS[1]}",
        ) from error


def _is_gbk(data: bytes) -> bool:
    try:
        text = data.decode("gbk")
    except UnicodeDecodeError:
        return False
    return not any(map(holds_invisible, text.split()))
