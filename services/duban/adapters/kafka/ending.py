"""How a worker ends: not waited for for ever, and in words."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiokafka.errors import KafkaError

from duban.adapters.kafka.failure import where
from duban.adapters.kafka.state_table import unusable
from duban.config import KafkaSettings
from duban.errors import StorageError

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
        "%s：收尾超过 %g 秒，不再等（Kafka 可能没有应答）；没有写完的，接手的进程会补上",
        unit,
        seconds,
        extra={"action": "ended_without_kafka", "unit": unit},
    )
    return None


def in_words(settings: KafkaSettings, unit: str, error: BaseException) -> BaseException:
    """Why a worker had to end, for who runs it; what nobody foresaw stays as it is."""
    if isinstance(error, KafkaError):
        return StorageError(
            f"{unit}：与 Kafka（{where(settings)}）的连接断了（{type(error).__name__}）：请检查 "
            "Kafka 是否正常，再启动 worker；没有处理的都留在 Kafka 上。",
            f"{unit}: the connection to Kafka at {where(settings)} broke "
            f"({type(error).__name__}): please check whether Kafka runs well and start the worker "
            "again; what was not handled is still on Kafka.",
        )
    if type(error) is Exception:  # RocksDB has no kind of its own, and Faust opens it at the start
        return unusable(error)
    return error
