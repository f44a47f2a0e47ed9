"""Patterns compiled when a text first needs them: no report speaks of everything."""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled at its first use in this process."""
    return re.compile(pattern)
