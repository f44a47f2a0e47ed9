"""How much can be computed side by side."""

from __future__ import annotations

import os
import sys


def cores() -> int:
    """How many processors this process may use; all there are where the system tells no more."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
