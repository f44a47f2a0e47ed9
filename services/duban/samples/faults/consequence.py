"""What a planted fault must lead to, in the words of the check output."""

from __future__ import annotations

from typing import Any

from duban.samples.arithmetic import broken
from duban.samples.data import rule
from duban.samples.manuscript import Manuscript, Planted


def finding(
    consequence: str,
    severity: str,
    *,
    cells: list[str] | None = None,
    expected: Any = None,
    actual: Any = None,
) -> dict[str, Any]:
    """One expected finding. `expected` and `actual` are None where wording is the rule's."""
    return {
        "rules": [rule(consequence)],
        "severity": severity,
        "cells": sorted(cells or []),
        "expected": expected,
        "actual": actual,
    }


def plant_one(
    paper: Manuscript, fault: str, *consequences: dict[str, Any], context: tuple[str, ...] = ()
) -> bool:
    """Records the fault; always true, so that a mutator may end with it."""
    paper.planted.append(Planted(fault, list(consequences), context))
    return True


def plant_sums(paper: Manuscript, fault: str, suspect: dict[str, int | float] | None) -> bool:
    """Records broken identities as one finding.

    `suspect` gives the true value of the wrong cell where one cell alone explains them all.
    """
    failed = broken(paper)
    consequence = {
        "rules": sorted({item["rule"] for item in failed}),
        "severity": "error",
        "cells": sorted({path for item in failed for path in item["cells"]}),
        "failed": failed,
        "suspect": suspect,
    }
    return plant_one(paper, fault, consequence)
