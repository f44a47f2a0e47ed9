"""Elasticsearch: whether it lets us in, its version, health, room, clock, and the mappings."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any

from duban.adapters.elastic.client import connected
from duban.adapters.elastic.failure import told
from duban.adapters.elastic.indices import Indices
from duban.config import LOOPBACK, ElasticSettings
from duban.doctor.finding import Finding, good, note, wrong
from duban.doctor.server_clock import clock_of

LITTLE_ROOM = 0.15  # Elasticsearch places no more copies on a disk that is 85 % full
NO_ROOM = 0.05  # and lets nothing be written on one that is 95 % full
_REBUILD = "duban rebuild --profile distributed"


def look_at(settings: ElasticSettings) -> Iterator[Finding]:
    """Everything that can be said of the Elasticsearch of the settings; raises StorageError."""
    with closing(connected(settings)) as client:
        indices = Indices(client, settings)
        version = indices.version()
        with told(settings):
            begun = time.time()
            nodes = client.nodes.stats(metric="fs")["nodes"]
            ended = time.time()
            health = client.cluster.health().body
        took_ms = round((ended - begun) * 1000)
        yield good("elastic", settings.url, f"已连接（{took_ms} 毫秒），版本 {version}",
                   f"reached in {took_ms} ms, version {version}")  # fmt: skip
        yield from _in_the_open(settings)
        yield from _health(settings, health)
        for node in nodes.values():
            where = f"{settings.url} {node['name']}"
            yield clock_of(where, node["timestamp"] / 1000, begun, ended)
            yield from _room(where, node)
        yield from _mappings(indices, settings)


def _in_the_open(settings: ElasticSettings) -> Iterator[Finding]:
    hosts = {url.partition("://")[2].rpartition(":")[0].strip("[]") for url in settings.urls}
    if settings.url.startswith("https:") or hosts <= set(LOOPBACK):
        return
    yield note(
        "elastic",
        settings.url,
        "连接未加密：只宜在封闭的内部网络，否则请改用 https。",
        "the connection is not encrypted: fit for a closed network only; else use https.",
    )


def _health(settings: ElasticSettings, health: Mapping[str, Any]) -> Iterator[Finding]:
    left = health["unassigned_shards"]
    if health["status"] == "red":
        yield wrong(
            "elastic",
            settings.url,
            f"状态为 red，{left} 个分片没有着落，有的查询得不到结果：请查看服务器日志。",
            f"is red with {left} shards unassigned, some queries fail: please see its log.",
            f"curl {settings.urls[0]}/_cluster/allocation/explain",
        )
    elif health["status"] == "yellow":
        yield note(
            "elastic",
            settings.url,
            f"状态为 yellow，{left} 个分片没有副本（只有一台服务器时属正常）。",
            f"is yellow: {left} shards without a copy (as it must be with one server).",
        )


def _room(where: str, node: Mapping[str, Any]) -> Iterator[Finding]:
    total = node["fs"]["total"]
    left = total["available_in_bytes"] / max(total["total_in_bytes"], 1)
    zh, en = f"磁盘剩余 {left:.0%}", f"{left:.0%} of the disk is free"
    if left < NO_ROOM:
        yield wrong("disk", where, f"{zh}，已不能写入：请腾出空间。", f"{en}, nothing more can be "
                    "written: please make room.")  # fmt: skip
    elif left < LITTLE_ROOM:
        yield note("disk", where, f"{zh}，不多了。", f"{en}, which is little.")


def _mappings(indices: Indices, settings: ElasticSettings) -> Iterator[Finding]:
    """Whether the indices that are read have the declared mappings."""
    if indices.current() is None:
        yield note("mappings", f"{settings.prefix}*", "还没有索引：第一次入库时建立。",
                   "no indices yet: made by the first indexer.")  # fmt: skip
        return
    fields: dict[str, list[str]] = {}
    for one in indices.drift():
        fields.setdefault(one.index, []).append(one.field)
    for index, names in fields.items():
        shown = "、".join(names[:3]) + (" …" if len(names) > 3 else "")
        yield wrong("mappings", index, f"结构与声明不同（{shown}）。",
                    f"the mapping is not as declared ({shown}).", _REBUILD)  # fmt: skip
    if not fields:
        yield good("mappings", settings.url, "各索引的结构与声明一致",
                   "all mappings as declared")  # fmt: skip
