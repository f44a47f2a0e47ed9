"""Names, sentences and rule names of the invented reports."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def load(name: str) -> Any:
    """The content of `<name>.yaml` beside this module; treat it as read-only."""
    text = files(__name__).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.load(text, yaml.CSafeLoader)


@cache
def stylesheet() -> str:
    """The style of the portal's pages, as an element for their head."""
    css = files(__name__).joinpath("site.css").read_text(encoding="utf-8")
    return f"<style>\n{css}</style>\n"


def rule(consequence: str) -> str:
    """The catalogue's id for a kind of consequence, e.g. of `row_sum`."""
    found: str = load("rules")[consequence]
    return found
