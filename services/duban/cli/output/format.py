"""The forms of output the commands share."""

from __future__ import annotations

from typing import Literal

Format = Literal["text", "json", "ndjson"]
