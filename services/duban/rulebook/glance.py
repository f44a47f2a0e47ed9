"""Checks that plain cells and rows pass at a glance: only others need be asked one by one.

Nearly every cell of a report prints a whole number of at least 0 and nothing else; asking each
of some two hundred cells for each rule is what would cost most of the time of judging it.
"""

from __future__ import annotations

from typing import Any


def passes_plain_cells(check: Any, variable: str) -> bool:
    """Whether every cell that is none of `View.peculiar` passes the check, whatever it is."""
    value, remark = f"{variable}.value", f"{variable}.remark"
    match check:
        case {"any": [*checks]}:
            return any(passes_plain_cells(one, variable) for one in checks)
        case {"at_least": [str(path), int(least)]}:
            return path == value and least <= 0
        case {"whole": str(path)}:
            return path == value
        case {"not": {"present": str(path)}}:
            return path == remark
    return False


def values_of_rows(check: Any, variable: str) -> int | None:
    """How many value cells the check asks each row to have, if it asks nothing else."""
    match check:
        case {"equal": [str(path), int(values)]} if path == f"{variable}.values":
            return values
    return None
