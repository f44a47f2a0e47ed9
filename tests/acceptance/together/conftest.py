"""Makes the module beside the tests importable, and `tests.drill`, whose checks are used here."""

from __future__ import annotations

import sys
from pathlib import Path

for folder in (Path(__file__).parent, Path(__file__).parents[3]):
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
