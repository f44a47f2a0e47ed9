"""How grave a fault is (domain reference 3.0)."""

from __future__ import annotations

from typing import Literal

Severity = Literal["error", "warning", "info"]
"""`error` is proved by document and law, `warning` very probably wrong, `info` worth knowing."""
