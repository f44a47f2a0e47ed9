"""Hands messages to the steps of a unit as a worker does, without its pauses."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from duban.adapters.kafka import delivery
from duban.adapters.kafka.origin import Check
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.steps import Steps


def delivered(
    steps: Steps,
    kept: Any,
    raws: Sequence[Raw],
    is_ours: Callable[[], bool] = lambda: True,
    patience_s: float = 60.0,
    check: Check = lambda within_s: None,
) -> bool:
    """Whether all were handled; `kept` is what outlives the worker: its table, and what it said."""

    async def run() -> bool:
        opened = delivery.Delivery(
            steps, kept, kept, told=lambda *_: None, patience_s=patience_s, check=check
        )
        try:
            return await opened.handle(raws, is_ours)
        finally:
            await opened.close()

    with patch.object(delivery, "_FIRST_PAUSE_S", 0.0):
        return asyncio.run(run())
