"""Tables of the form that stand in the prose without borders: there, but not to be read."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from duban.domain.place import Place
from duban.domain.report import Table, TableName

_DOUBT = "表格没有可以辨认的边框，各数属于哪一格无法确定"
_SENTENCE = re.compile(r"[。；;，,、]")
_NAMES: tuple[TableName, ...] = ("disclosure", "applications", "disputes")
_SIGNS: Mapping[TableName, tuple[re.Pattern[str], int]] = {
    "disclosure": (
        re.compile(
            r"信息内容|第二十条第\(.\)项|本年(?:制发|废止)件数|现行有效件数"
            r"|(?:本年)?处理决定数量|本年新制作数量|上一年项目数量|本年收费金额"
        ),
        5,
    ),
    "applications": (
        re.compile(
            r"申请人情况|勾稽关系|法人或其他组织|1\.属于|2\.其他法|3\.危及|4\.保护|5\.属于|6\.属于|7\.属于"
            r"|8\.属于|1\.本机|2\.没有|3\.补正|1\.信访|2\.重复申|3\.要求提|4\.无正当|5\.要求行"
        ),
        9,
    ),
    "disputes": (
        re.compile(r"^行政复议行政诉讼$|结果维|结果纠|其他结果|尚未审|未经复议直接|复议后起诉"),
        3,
    ),
}


def torn_tables(
    tables: Mapping[str, Table | None], lines: Sequence[tuple[str, Place]]
) -> dict[str, Table | None]:
    """The tables, one that was not found but whose labels stand in the lines as unreadable.

    `lines` are the normal forms of the prose; so many labels of one table are no sentence.
    """
    found: dict[str, Table | None] = dict(tables)
    for name in _NAMES:
        if found[name] is not None:
            continue
        pattern, least = _SIGNS[name]
        signs: set[str] = set()
        first = None
        for text, place in lines:
            is_prose = name == "disputes" and _SENTENCE.search(text)
            hits = set() if is_prose else set(pattern.findall(text))
            first = first or (place if hits else None)
            signs |= hits
        if first is not None and len(signs) >= least:
            found[name] = Table(name=name, at=first, cells={}, doubt=_DOUBT)
    return found
