"""docker-compose.yml as the tests look at it, with every variable as in a fresh .env."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
FILE = ROOT / "docker-compose.yml"
_VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_]+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\}")


def example() -> Mapping[str, str]:
    """What .env.example holds, by name; empty where a random value is to come."""
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def asked_for() -> Mapping[str, set[str]]:
    """The variables that the file asks for, each with its ways of asking."""
    found: dict[str, set[str]] = {}
    for one in _VARIABLE.finditer(FILE.read_text("utf-8")):
        found.setdefault(one["name"], set()).add(one["kind"] or "")
    return found


def composed() -> dict[str, Any]:
    """The whole file."""
    given = {name: value or "random" for name, value in example().items()}
    text = _VARIABLE.sub(lambda one: given[one["name"]], FILE.read_text("utf-8"))
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def services() -> dict[str, dict[str, Any]]:
    """Every service by name."""
    found: dict[str, dict[str, Any]] = composed()["services"]
    return found


def ours() -> dict[str, dict[str, Any]]:
    """The services that run duban."""
    return {name: one for name, one in services().items() if one["image"].startswith("duban:")}
