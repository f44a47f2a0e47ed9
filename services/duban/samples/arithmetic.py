"""The identities printed in tables 3 and 4, evaluated on the printed cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from duban.domain.form import DISPUTE_COLUMNS, DISPUTE_GROUPS
from duban.samples.data import rule
from duban.samples.figures import APPLICANT_FIELDS, COLUMN_FIELDS
from duban.samples.manuscript import Manuscript

Assertion = dict[str, Any]


def broken(paper: Manuscript) -> list[Assertion]:
    """Every sum or balance that its printed numbers contradict: rule, cells, expected, actual.

    An identity with a cell that prints no number is left out: the catalogue calls it not
    assessable.
    """
    found = []
    for consequence, total, parts, more in _identities(paper):
        try:
            expected = sum(paper.number(path) for path in parts)
            actual = sum(paper.number(path) for path in (total, *more))
        except (KeyError, ValueError):
            continue
        if expected != actual:
            found.append(
                {
                    "rule": rule(consequence),
                    "cells": sorted([total, *parts, *more]),
                    "expected": expected,
                    "actual": actual,
                }
            )
    return found


def _identities(paper: Manuscript) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Consequence, total cell, cells that add up to it, cells that stand beside the total."""
    rows = [row.field for row in paper.request_rows()]
    leaves = [f for f in rows if f.startswith("results.") and f != "results.total"]
    columns = [c for c in COLUMN_FIELDS if c not in paper.dropped_request_columns]
    applicants = [c for c in columns if c in APPLICANT_FIELDS]
    cell = "applications.{}.{}".format
    for row in rows:
        yield "row_sum", cell(row, "total"), [cell(row, c) for c in applicants], []
    for column in columns:
        yield (
            "result_sum",
            cell("results.total", column),
            [cell(leaf, column) for leaf in leaves],
            [],
        )
        yield (
            "balance",
            cell("results.total", column),
            [cell("new_received", column), cell("carried_over", column)],
            [cell("carried_forward", column)],
        )
    for group in DISPUTE_GROUPS:
        parts = [f"disputes.{group.field}.{c.field}" for c in DISPUTE_COLUMNS[:-1]]
        yield f"{group.field}_sum", f"disputes.{group.field}.total", parts, []
