"""One reader per format; each imports its libraries only when such a file comes."""

from __future__ import annotations
