"""Lets the tests of this folder use one another's parts."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
for folder in (str(HERE.parents[2]), str(HERE)):
    if folder not in sys.path:
        sys.path.append(folder)
