"""A roster in CSV form: a line of column names, then one agency a line."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from duban.crawler.roster_entry import LISTS, WAIVED, Entry, Source, Value
from duban.crawler.roster_fault import Fault, visible
from duban.crawler.roster_field import FIELDS, REQUIRED

SEPARATOR = "|"  # between several values in one field; waived: 2023:reason|2024:reason
_OTHERS = {";": ("分号", "semicolons"), "\t": ("制表符", "tabs"), "；": ("分号", "semicolons"),
           "，": ("全角逗号", "full-width commas")}  # fmt: skip


class _QuotesError(Exception):
    def __init__(self, line: int, said: str) -> None:
        super().__init__(said)
        self.line = line


def csv_source(text: str) -> Source:
    """The entries of a CSV text, with every fault of its form."""
    rows = _numbered(text)
    faults: list[Fault] = []
    entries: list[Entry] = []
    try:
        line, row = next(rows, (1, []))
        header = [name.strip() for name in row]
        faults.extend(_wrong_header(header, line))
        if not faults:
            entries.extend(_entries(rows, header, faults))
    except _QuotesError as error:
        faults.append(_wrong_quotes(error.line, str(error)))
        entries = []  # whether one names another cannot be told without the rest
    return Source(entries, None, faults)


def has_known_header(text: str) -> bool:
    """Whether the first row names the columns of a roster."""
    try:
        _, row = next(_numbered(text), (1, []))
    except _QuotesError:
        return False
    return not any(_wrong_header([name.strip() for name in row], 1))


def _numbered(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line each begins in."""
    rows, line = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    try:
        for row in rows:
            if any(field.strip() for field in row):
                yield line, row
            line = rows.line_num + 1
    except csv.Error as error:
        raise _QuotesError(line, str(error)) from error


def _wrong_header(header: list[str], line: int) -> Iterator[Fault]:
    for sign, (zh, en) in _OTHERS.items():
        if len(header) == 1 and sign in header[0]:
            yield Fault(
                line, "", f"各列之间应为半角逗号，现为{zh}：请另存为逗号分隔的 CSV",
                f"columns are separated by commas, not by {en}: please save it so",
            )  # fmt: skip
            return
    known = "、".join(FIELDS)
    missing = [name for name in REQUIRED if name not in header]
    unknown = [visible(name) or "（空）" for name in header if name not in FIELDS]
    twice = [visible(name) for name, count in Counter(header).items() if count > 1 and name]
    if missing:
        yield Fault(
            line, "", f"第一行应为各列的名称，缺少 {'、'.join(missing)}",
            f"the first line names the columns; {', '.join(missing)} is missing",
        )  # fmt: skip
    if unknown:
        yield Fault(
            line, "", f"不认识的列 {'、'.join(unknown)}，可用的有 {known}",
            f"unknown column {', '.join(unknown)}; known are {', '.join(FIELDS)}",
        )  # fmt: skip
    if twice:
        yield Fault(
            line, "", f"列 {'、'.join(twice)} 重复，请只保留一列",
            f"column {', '.join(twice)} is repeated; please keep one",
        )  # fmt: skip


def _entries(
    rows: Iterator[tuple[int, list[str]]], header: list[str], faults: list[Fault]
) -> Iterator[Entry]:
    for line, row in rows:
        is_whole = len(row) == len(header)
        if not is_whole:
            faults.append(
                Fault(
                    line,
                    "",
                    f"有 {len(row)} 列，应为 {len(header)} 列"
                    "（格子里有逗号时，请用双引号括起整格）",
                    f"{len(row)} columns where {len(header)} are due (a cell that holds a comma "
                    "must stand in double quotes)",
                )
            )
        yield Entry(line, dict(_fields(header, row, line)), is_whole)


def _fields(header: list[str], row: list[str], line: int) -> Iterator[tuple[str, Value]]:
    for name, field in zip(header, row, strict=False):
        text = field.strip()
        parts = [part.strip() for part in text.split(SEPARATOR)] if text else []
        if name in LISTS:
            yield name, Value(parts, line)
        elif name == WAIVED:
            yield name, Value([_waiver(part) for part in parts], line)
        else:
            yield name, Value(text or None, line)


def _waiver(text: str) -> dict[str, str]:
    year, _, reason = text.replace("：", ":", 1).partition(":")
    return {"year": year.strip(), "reason": reason.strip()}


def _wrong_quotes(line: int, said: str) -> Fault:
    if "field larger" in said:
        return Fault(
            line, "", "一格的内容过长，不像 CSV 名录：请检查引号是否成对",
            "a cell is far too long for a CSV roster: please check that its quotes come in pairs",
        )  # fmt: skip
    return Fault(
        line, "", "不是有效的 CSV：双引号没有成对，其后的内容没有再核对",
        "not valid CSV: a double quote has no partner; what follows was not checked",
    )  # fmt: skip
