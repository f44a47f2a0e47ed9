"""Tables as tab-separated rows with the paddings and half-width signs of one real export."""

from __future__ import annotations

import re

from duban.domain.form import DISPUTE_COLUMNS, DISPUTE_GROUPS, RESULTS_LABEL
from duban.domain.report import TableName
from duban.samples.figures import COLUMN_FIELDS
from duban.samples.manuscript import Manuscript
from duban.samples.tables import printed_tables

_NOTE = "(本列数据的勾稽关系为: 第一项加第二项之和, 等于第三项加第四项之和)"


def tabbed_lines(paper: Manuscript, name: TableName) -> list[str]:
    """The lines of a table; table 4 has a 16th column without a label."""
    return {"disclosure": _disclosure, "applications": _applications, "disputes": _disputes}[name](
        paper
    )


def _disclosure(paper: Manuscript) -> list[str]:
    """A caption is padded to the width of its sub-table; the first has an empty line behind it."""
    lines: list[str] = []
    for table in printed_tables(paper, "disclosure", split=True):
        for row in table.rows():
            texts = [cell.text for cell in row]
            lines.append("\t".join(texts + [""] * (table.width - len(texts))))
        if len(lines) == table.height:
            lines.append("")
    return lines


def _applications(paper: Manuscript) -> list[str]:
    labels = [column.text for column in printed_tables(paper, "applications")[0].rows()[2]]
    lines = [
        f"{_NOTE}\t\t申请人情况" + "\t" * 6 + "总计\t",
        "\t\t自然人\t法人或其他组织" + "\t" * 6,
        "\t\t\t" + "\t".join(labels) + "\t\t",
    ]
    group = ""
    for row in paper.request_rows():
        cells = [paper.cells[f"applications.{row.field}.{column}"] for column in COLUMN_FIELDS]
        values = "\t".join(cells)
        label = _half_width(row.label)
        if row.group:
            head = "" if row.group == group else _half_width(row.group)
            lines.append(f"\t{head}\t{label}\t{values}")
        elif row.field in ("results.total", "carried_forward"):
            lines.append(f"\t{label}\t\t{values}")
        elif row.field.startswith("results."):
            head = RESULTS_LABEL if row.field == "results.granted" else ""
            lines.append(f"{head}\t{label}\t{values}\t")
        else:
            lines.append(f"{label}\t\t{values}\t")
        group = row.group
    return lines


def _half_width(label: str) -> str:
    label = re.sub(r"^（(.)）", r"(\1) ", label)
    label = re.sub(r"^(\d)\.", r"\1. ", label)
    return label.replace("（", "(").replace("）", ")").replace("，", ", ")


def _disputes(paper: Manuscript) -> list[str]:
    heads = [_spaced(column.label) for column in DISPUTE_COLUMNS]
    odd = ["结果维 持", *heads[1:]]
    values = [
        paper.cells[f"disputes.{group.field}.{column.field}"]
        for group in DISPUTE_GROUPS
        for column in DISPUTE_COLUMNS
    ]
    return [
        "行政复议" + "\t" * 5 + "行政诉讼" + "\t" * 10,
        "\t".join(heads)
        + "\t"
        + DISPUTE_GROUPS[1].label
        + "\t" * 5
        + DISPUTE_GROUPS[2].label
        + "\t" * 5,
        "\t" * 5 + "\t".join(heads + odd) + "\t",
        "\t".join([*values, "0"]),
    ]


def _spaced(label: str) -> str:
    return f"{label[:2]} {label[2:]}" if len(label) == 4 else label
