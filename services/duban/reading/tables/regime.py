"""Which form the tables follow, told from their labels and never from the year (reference 2.4)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from duban.domain.report import Regime
from duban.reading.tables.labels import core

_MADE_2019 = {"本年新制作数量", "本年新公开数量", "对外公开总数量"}
_MADE_2021 = {"本年制发件数", "本年废止件数", "现行有效件数"}
_ITEMS_2019 = {"上一年项目数量", "本年增减", "处理决定数量"}
_DECISIONS_2021 = {"本年处理决定数量"}
_AMOUNT_2021 = {"本年收费金额"}
_ROWS_2019 = ("其他对外管理服务事项", "政府集中采购")
_OLD = re.compile(r"概述|收费及减免|申诉|政府信息公开情况统计表")


def tell(labels: Iterable[str], result_rows: Collection[str]) -> Regime | None:
    """R2019 or R2021 by the weights of the reference 3.12.2(2); None on a tie or without a cue.

    `labels` are the normalised labels of table 2, `result_rows` the fields found in table 3.
    """
    words = {core(label) for label in labels}
    heads_2019 = bool(words & _MADE_2019) + bool(words & _ITEMS_2019)
    heads_2021 = (
        bool(words & _MADE_2021) + bool(words & _DECISIONS_2021) + bool(words & _AMOUNT_2021)
    )
    rows_2019 = sum(any(word.startswith(row) for word in words) for row in _ROWS_2019)
    old = 2 * heads_2019 + 2 * rows_2019 + ("results.other.total" in result_rows)
    new = 2 * heads_2021 + any(
        row.startswith("results.other.") and row != "results.other.total" for row in result_rows
    )
    if old == new:
        return None
    return "R2019" if old > new else "R2021"


def is_old_style(headings: Iterable[str]) -> bool:
    """Whether headings are those of a report before 2019 (reference 2.10); two cues are needed."""
    return len({cue for heading in headings for cue in _OLD.findall(heading)}) >= 2
