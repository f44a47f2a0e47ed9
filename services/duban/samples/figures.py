"""Numbers of an invented agency over the years: balanced tables, unbroken carry-over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Literal

from duban.domain.agency import Kind
from duban.domain.form import APPLICANTS, DISPUTE_COLUMNS, DISPUTE_GROUPS, application_rows
from duban.domain.report import Regime

Size = Literal["zero", "quiet", "usual", "busy"]
APPLICANT_FIELDS = tuple(column.field for column in APPLICANTS)
COLUMN_FIELDS = (*APPLICANT_FIELDS, "total")
_WEIGHTS = (70, 16, 2, 3, 4, 5)
_NEW: dict[Size, tuple[int, int]] = {
    "zero": (0, 0), "quiet": (1, 9), "usual": (10, 80), "busy": (150, 900),
}  # fmt: skip


@dataclass
class Figures:
    """The numbers of one year, by path; decisions and amounts included."""

    applications: dict[str, int]
    disputes: dict[str, int]
    disclosure: dict[str, int | float]
    sub_rows: tuple[str, ...] = ()


@dataclass
class Stock:
    """What one year hands to the next."""

    carried: dict[str, int] = field(default_factory=lambda: dict.fromkeys(APPLICANT_FIELDS, 0))
    in_force: int = 0
    items: dict[str, int] = field(default_factory=dict)


def leaf_rows(form: Regime) -> list[str]:
    """The outcome rows of table 3 that add up to its total row."""
    return [
        row.field
        for row in application_rows(form)
        if row.field.startswith("results.") and row.field != "results.total"
    ]


def draw(rng: Random, size: Size, kind: Kind, form: Regime, stock: Stock) -> Figures:
    """One year's figures; `stock` is taken over and then holds what goes to the next year."""
    applications = _applications(rng, size, form, stock)
    disputes = _disputes(rng, size)
    disclosure, subs = _disclosure(rng, kind, form, stock)
    return Figures(applications, disputes, disclosure, subs)


def _spread(rng: Random, total: int, names: Sequence[str], weights: list[int]) -> dict[str, int]:
    counts = dict.fromkeys(names, 0)
    for name in rng.choices(names, weights, k=total):
        counts[name] += 1
    return counts


def _applications(rng: Random, size: Size, form: Regime, stock: Stock) -> dict[str, int]:
    rows = [row.field for row in application_rows(form)]
    leaves = leaf_rows(form)
    weights = [rng.choice((0, 0, 1, 3, 8)) for _ in leaves]
    weights[0], weights[1] = 40, 12
    weights[leaves.index("results.not_provided.not_held")] = 25
    new = _spread(rng, rng.randint(*_NEW[size]), APPLICANT_FIELDS, list(_WEIGHTS))
    cells = {f"{row}.{column}": 0 for row in rows for column in COLUMN_FIELDS}
    forward: dict[str, int] = {}
    for column in APPLICANT_FIELDS:
        open_cases = new[column] + stock.carried[column]
        forward[column] = rng.randint(0, open_cases // 6) if open_cases else 0
        cells[f"new_received.{column}"] = new[column]
        cells[f"carried_over.{column}"] = stock.carried[column]
        cells[f"carried_forward.{column}"] = forward[column]
        for leaf, count in _spread(rng, open_cases - forward[column], leaves, weights).items():
            cells[f"{leaf}.{column}"] = count
            cells[f"results.total.{column}"] += count
    for row in rows:
        cells[f"{row}.total"] = sum(cells[f"{row}.{column}"] for column in APPLICANT_FIELDS)
    stock.carried = forward
    return cells


def _disputes(rng: Random, size: Size) -> dict[str, int]:
    top = {"zero": 0, "quiet": 1, "usual": 4, "busy": 30}[size]
    cells: dict[str, int] = {}
    for group in DISPUTE_GROUPS:
        for column in DISPUTE_COLUMNS[:-1]:
            cells[f"{group.field}.{column.field}"] = (
                rng.randint(0, top) if rng.random() < 0.6 else 0
            )
        cells[f"{group.field}.total"] = sum(
            cells[f"{group.field}.{column.field}"] for column in DISPUTE_COLUMNS[:-1]
        )
    return cells


def _disclosure(
    rng: Random, kind: Kind, form: Regime, stock: Stock
) -> tuple[dict[str, int | float], tuple[str, ...]]:
    government = kind == "county_gov"
    scale = 40 if government else 1
    cells: dict[str, int | float] = {}
    issued = rng.choice((0, 0, 1, 2, 4)) * (6 if government else 1)
    repealed = rng.randint(0, min(stock.in_force, 3 * scale))
    stock.in_force += issued - repealed
    licences = rng.choice((0, 0, 12, 140, 2300)) * scale and rng.randint(1, 2300 * scale)
    penalties = rng.choice((0, 1)) and rng.randint(1, 400 * scale)
    compulsion = rng.choice((0, 0, 1)) and rng.randint(1, 20 * scale)
    if form == "R2021":
        for name in ("issued", "repealed", "in_force"):
            cells[f"regulations.{name}"] = 0
        cells["normative_documents.issued"] = issued
        cells["normative_documents.repealed"] = repealed
        cells["normative_documents.in_force"] = stock.in_force
        cells["licensing.decisions"] = licences
        cells["penalties.decisions"] = penalties
        cells["compulsion.decisions"] = compulsion
        cells["administrative_fees.amount_wan"] = _amount(rng, scale)
        return cells, ()
    for name in ("newly_made", "newly_published", "total_public"):
        cells[f"regulations.{name}"] = 0
    cells["normative_documents.newly_made"] = issued
    cells["normative_documents.newly_published"] = issued
    cells["normative_documents.total_public"] = stock.in_force + repealed
    subs: tuple[str, ...] = ("行政检查", "行政确认") if rng.random() < 0.3 else ()
    services = [f"other_services.sub[{sub}]" for sub in subs] or ["other_services"]
    decided = {"licensing": licences, "penalties": penalties, "compulsion": compulsion}
    for name in ("licensing", *services, "penalties", "compulsion", "administrative_fees"):
        before = stock.items.get(name, rng.randint(1, 60))
        change = rng.randint(-min(before - 1, 3), 5) if before > 1 else rng.randint(0, 5)
        stock.items[name] = before + change
        cells[f"{name}.items_last_year"] = before
        cells[f"{name}.items_change"] = change
        if name != "administrative_fees":
            cells[f"{name}.decisions"] = decided.get(name, rng.randint(0, 300))
    projects = rng.randint(0, 40)
    cells["procurement.projects"] = projects
    cells["procurement.amount_wan"] = (
        round(projects * rng.uniform(3, 60) + 0.0001, 4) if projects else 0
    )
    return cells, subs


def _amount(rng: Random, scale: int) -> int | float:
    style = rng.randrange(3)
    if style == 0:
        return 0
    amount = rng.uniform(1, 180) * scale
    return round(amount, 2) if style == 1 else round(amount, 6)
