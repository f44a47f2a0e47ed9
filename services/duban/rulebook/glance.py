"""Checks that plain cells pass at a glance, so that only the others need be asked one by one.

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
