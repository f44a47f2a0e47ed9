"""Ends that are not waited for for ever."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger(__name__)


async def within(seconds: float, end: Coroutine[Any, Any, None], unit: str) -> None:
    """Wait for an end for so long, and then go on without it; raises what it raises.

    Faust passes over a cancellation now and then, so that nothing may wait for what was cancelled.
    """
    ending = asyncio.create_task(end)
    done, _ = await asyncio.wait({ending}, timeout=seconds)
    if done:
        return ending.result()
    ending.cancel()
    logger.warning(
        "%s：Kafka 在 %g 秒内没有应答，不再等它收尾；没有写完的，接手的进程会补上",
        unit,
        seconds,
        extra={"action": "ended_without_kafka", "unit": unit},
    )
    return None
