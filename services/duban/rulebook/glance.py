"""Checks that a whole report passes at a glance, so that its cells need not be asked one by one.

Nearly every report has only whole numbers of at least 0 in some two hundred cells; asking each
cell of each rule is what would cost most of the time of judging it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from duban.rulebook.view import View

Glance = Callable[[View], bool]


def compile_glance(term: Any, variable: str) -> Glance | None:
    """A test that is True only if there are cells and each passes; None if none is known."""
    value, remark = f"{variable}.value", f"{variable}.remark"
    match term:
        case {"any": [*terms]}:
            known = [one for one in (compile_glance(t, variable) for t in terms) if one]
            return (lambda view: any(one(view) for one in known)) if known else None
        case {"at_least": [str(path), int(least)]} if path == value:
            return lambda view: view.lowest >= least and view.cell_count > 0
        case {"whole": str(path)} if path == value:
            return lambda view: not view.decimals and view.cell_count > 0
        case {"not": {"present": str(path)}} if path == remark:
            return lambda view: not view.remarks and view.cell_count > 0
    return None
