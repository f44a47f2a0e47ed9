"""The garbage collector in a process that reads or judges."""

from __future__ import annotations

import gc

_ALLOCATIONS = 50_000


def relax_collector() -> None:
    """Let it look seldom, and never again at what is loaded by now.

    A report is tens of thousands of small values that end with it; looking for cycles among them
    every 700 allocations, and among all loaded modules, is work without a yield.
    """
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
