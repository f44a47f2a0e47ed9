from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from duban.domain.place import Place
from duban.domain.report import Fact, Passage

SENTENCES = Path(__file__).parent / "sentences"


def cases(name: str) -> list[dict[str, Any]]:
    """The invented sentences of one file."""
    return yaml.load((SENTENCES / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)


def passages(case: dict[str, Any]) -> list[Passage]:
    """A case as the narrative of a report: its sub-heading, if it has one, and the sentence."""
    part = case.get("part", 1)
    texts = [case["under"]] if "under" in case else []
    return [
        Passage(text=text, at=Place(line=line), part=part)
        for line, text in enumerate((*texts, case["say"]), start=1)
    ]


def told(fact: Fact) -> str:
    """A fact as the tables of sentences write it."""
    words = [fact.name, f"{fact.value:g}" if isinstance(fact.value, float) else str(fact.value)]
    words += ["~"] if fact.approximate else []
    words += [f"@{word}" for word in fact.scope] + [f"+{word}" for word in fact.qualifiers]
    return " ".join(words)
