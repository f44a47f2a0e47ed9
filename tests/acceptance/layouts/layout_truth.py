"""Invented reports as truth: every cell's printed text and what a person reads in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from duban.domain.form import (
    APPLICANTS,
    COLUMNS,
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    application_rows,
    disclosure_tables,
)
from duban.domain.report import Regime

Value = int | float | None
MARKS = {"/", "—", "无", "-"}


@dataclass(frozen=True)
class Truth:
    """One report: `cells` maps a full path to the text printed in its cell."""

    name: str
    agency: str
    year: int
    regime: Regime
    cells: dict[str, str]
    signed: tuple[int, int, int] | None
    published: tuple[int, int, int]
    prose: tuple[tuple[str, ...], ...]

    @property
    def title(self) -> str:
        return f"{self.agency}{self.year}年政府信息公开工作年度报告"

    def plain(self) -> Truth:
        """The same report with plain digits only, for copies that lose everything else."""
        return replace(
            self, cells={path: text.replace(",", "") for path, text in self.cells.items()}
        )


def meaning(text: str) -> tuple[str, Value]:
    """Kind and value of a printed text of this module; written apart from the reader."""
    if text == "":
        return "blank", None
    if text in MARKS:
        return "mark", None
    plain = text.translate(str.maketrans("０１２３４５６７８９＋", "0123456789+")).replace(",", "")
    return "number", float(plain) if "." in plain else int(plain)


def paths(regime: Regime) -> list[str]:
    """Every cell of the form."""
    listed = [
        f"disclosure.{row.field}.{column.field}"
        for table in disclosure_tables(regime)
        for row in table.rows
        for column in table.columns
    ]
    listed += [
        f"applications.{row.field}.{column.field}"
        for row in application_rows(regime)
        for column in COLUMNS
    ]
    return listed + [
        f"disputes.{group.field}.{column.field}"
        for group in DISPUTE_GROUPS
        for column in DISPUTE_COLUMNS
    ]


def _is_amount(path: str) -> bool:
    return path.endswith("amount_wan")


def distinct(regime: Regime, rng: Random) -> dict[str, str]:
    """No number twice, so that a shifted or swapped cell cannot hide."""
    numbers = rng.sample(range(1, 1000), 260)
    return {
        path: f"{number}.{number % 89 + 10}" if _is_amount(path) else str(number)
        for path, number in zip(paths(regime), numbers, strict=False)
    }


def sparse(regime: Regime, rng: Random) -> dict[str, str]:
    """A small town: zeros nearly everywhere."""
    return {path: str(rng.choice([0] * 8 + [1, 2, 13])) for path in paths(regime)}


def balanced(regime: Regime, rng: Random, empty: str = "0") -> dict[str, str]:
    """True sums; `empty` is printed where there is nothing."""
    numbers = dict.fromkeys(paths(regime), 0)
    for path in numbers:
        if path.startswith("disclosure"):
            numbers[path] = rng.choice([0, 4, 17, 361])
    leaves = [row.field for row in application_rows(regime)][2:-2]
    for column in [column.field for column in APPLICANTS]:
        for leaf in leaves:
            numbers[f"applications.{leaf}.{column}"] = rng.choice([0, 0, 0, 1, 6, 21])
        done = sum(numbers[f"applications.{leaf}.{column}"] for leaf in leaves)
        numbers[f"applications.results.total.{column}"] = done
        carried, over = min(done, rng.randint(0, 3)), rng.randint(0, 4)
        numbers[f"applications.carried_over.{column}"] = carried
        numbers[f"applications.carried_forward.{column}"] = over
        numbers[f"applications.new_received.{column}"] = done - carried + over
    for row in application_rows(regime):
        numbers[f"applications.{row.field}.total"] = sum(
            numbers[f"applications.{row.field}.{column.field}"] for column in APPLICANTS
        )
    for group in DISPUTE_GROUPS:
        parts = [f"disputes.{group.field}.{column.field}" for column in DISPUTE_COLUMNS]
        for path in parts[:-1]:
            numbers[path] = rng.randint(0, 2)
        numbers[parts[-1]] = sum(numbers[path] for path in parts[:-1])
    return {path: str(number) if number else empty for path, number in numbers.items()}


def dressed(regime: Regime, rng: Random) -> dict[str, str]:
    """Large numbers with commas, full-width digits, signs, marks, decimals."""
    cells = distinct(regime, rng)
    for path in cells:
        if path.endswith("items_change"):
            cells[path] = rng.choice(["+361", "-2", "0", "+7"])
        elif _is_amount(path):
            cells[path] = rng.choice(["96171.6", "285.2050", "190.457379", "0"])
        elif path.startswith("disclosure"):
            cells[path] = rng.choice(["11,398,889", "6937489", "/", "０", "３６１", "0"])
        elif path.startswith("applications"):
            cells[path] = rng.choice(["0", "0", "1,234", "13810", "１２", "7", "—"])
    return cells


_PROSE: tuple[tuple[str, ...], ...] = (
    (
        "2019年以来，本机关坚持以公开为常态、不公开为例外，认真落实各项部署，现将有关情况报告如下。",
        "（一）主动公开情况。全年通过门户网站发布信息121条，其中政策文件12条。",
        "（二）依申请公开情况。严格规范办理流程，依法答复申请人。",
        "（三）政府信息管理、平台建设和监督保障情况。完善审查机制，开展业务培训2次。",
    ),
    (),
    (),
    (),
    (
        "一是公开的主动性有待提高，二是人员力量薄弱。",
        "下一步将加强培训，进一步完善制度，提升公开质量。",
    ),
    ("本年度未收取信息处理费，无其他需要报告的事项。",),
)


def truths() -> dict[str, Truth]:
    """A handful of reports by name."""
    made = {
        "distinct21": ("青河县发展和改革局", 2023, "R2021", distinct, (2024, 1, 19)),
        "distinct19": ("临江市柳河镇人民政府", 2020, "R2019", distinct, (2021, 1, 25)),
        "sparse21": ("云岭区望山街道办事处", 2022, "R2021", sparse, (2023, 1, 12)),
        "balanced19": ("东湖市人民政府", 2019, "R2019", balanced, (2020, 3, 30)),
        "dressed21": ("东湖市人民政府办公室", 2024, "R2021", dressed, (2025, 1, 26)),
        "dressed19": ("安平县水利局", 2019, "R2019", dressed, None),
    }
    found = {}
    for number, (name, (agency, year, regime, fill, signed)) in enumerate(made.items()):
        cells = fill(regime, Random(number))  # type: ignore[operator, arg-type]
        after = (year + 1, 1, 28) if signed is None else (signed[0], signed[1], 29)
        found[name] = Truth(name, agency, year, regime, cells, signed, after, _PROSE)  # type: ignore[arg-type]
    blanks = balanced("R2021", Random(99), empty="")
    found["blank21"] = Truth(
        "blank21", "长泽县林业局", 2021, "R2021", blanks, (2022, 1, 20), (2022, 1, 21), _PROSE
    )
    return found
