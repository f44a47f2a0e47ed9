"""A roster file as plain entries, each value with the line it stands in (YAML or CSV)."""

from __future__ import annotations

from pathlib import Path

from duban.crawler.roster_csv import csv_source
from duban.crawler.roster_entry import Source
from duban.crawler.roster_fault import unusable
from duban.crawler.roster_text import text_of
from duban.crawler.roster_yaml import yaml_source
from duban.errors import RosterError

MOST_BYTES = 20 * 2**20  # the 170,000 agencies of the country need less than this


def read(path: Path) -> Source:
    """The entries of a roster file; RosterError where it is no roster file at all."""
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".yaml", ".yml"):
        raise unusable(
            path, "的扩展名不认识：请使用 .yaml 或 .csv 文件", "must be a .yaml or a .csv file"
        )
    text = text_of(path, _bytes(path), is_table=suffix == ".csv")
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
