"""A made office: what was recorded of nine agencies, and the chain that judges it."""

from __future__ import annotations

from duban.domain.event import Event
from duban.processors.processor import Chain
from duban.testing.events import read, registered, rejected, released
from duban.testing.runner import evaluator


def chain() -> Chain:
    return Chain("agency", (evaluator(),))


def facts() -> list[Event]:
    agencies = [f"a{n}" for n in range(9)]
    return [
        *map(registered, agencies[:5]),
        released(),
        *(read(one, year, "错误SUM=1") for one in agencies for year in (2023, 2024)),
        read("a1", 2022, "崩溃"),
        rejected("scan", agency_id="a2", year=2023),
        *map(registered, agencies[5:]),
        released("2"),
        *(read(one, 2024, "正常", minute=3) for one in agencies[:4]),
    ]
