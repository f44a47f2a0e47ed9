"""Kafka: whether it lets us in, how it is set, what lies on it, and who else is there."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from kafka import TopicPartition
from kafka.admin import KafkaAdminClient, OffsetSpec

from duban.adapters.kafka import admin
from duban.adapters.kafka.connection import administration, patiently
from duban.adapters.kafka.failure import told, where
from duban.adapters.kafka.groups import groups, stranger
from duban.adapters.kafka.topics import STREAMS, stream
from duban.config import LOOPBACK, KafkaSettings
from duban.doctor.finding import Finding, good, note, wrong

MOST_AHEAD_S = 60.0


def look_at(settings: KafkaSettings) -> Iterator[Finding]:
    """Everything that can be said of the Kafka of the settings; raises StorageError."""
    begun = time.monotonic()
    with administration(settings) as client:
        took = time.monotonic() - begun
        with told(settings):
            brokers = len(client.describe_cluster()["brokers"])
        yield good("kafka", where(settings), f"已连接（{took * 1000:.0f} 毫秒），{brokers} 台",
                   f"reached in {took * 1000:.0f} ms, {brokers} brokers")  # fmt: skip
        yield from _in_the_open(settings)
        if brokers < settings.replication:
            yield wrong("kafka", where(settings), f"设置了 {settings.replication} 份副本，服务器"
                        f"只有 {brokers} 台：请减小 DUBAN_KAFKA_REPLICATION，或增加服务器。",
                        f"{settings.replication} copies are set and there are {brokers} brokers: "
                        "please lower DUBAN_KAFKA_REPLICATION or add some.")  # fmt: skip
        yield from _groups(client, settings)
        yield from _times(client, settings)


def topics(settings: KafkaSettings) -> Iterator[Finding]:
    """Where the topics are not as declared; raises StorageError."""
    drift = admin.check(settings)
    missing = [one for one in drift.differences if one.setting == "topic"]
    if len(missing) > 1:
        one = missing[0]
        yield wrong("topics", where(settings), f"缺少 {len(missing)} 个主题（{one.topic} 等）",
                    f"{len(missing)} topics are missing ({one.topic} and others)",
                    one.mend)  # fmt: skip
    for one in drift.differences:
        if len(missing) > 1 and one in missing:
            continue
        found = one.found or "—"
        zh = f"{one.setting} 应为 {one.declared}，实为 {found}"
        en = f"{one.setting} must be {one.declared}, is {found}"
        yield wrong("topics", one.topic, f"{zh}。{one.why}" if one.why else zh,
                    f"{en}. {one.why_english}" if one.why else en, one.mend)  # fmt: skip
    if not drift.differences:
        yield good("topics", where(settings), f"{drift.topics} 个主题与声明一致",
                   f"{drift.topics} topics as declared")  # fmt: skip


def _in_the_open(settings: KafkaSettings) -> Iterator[Finding]:
    hosts = {address.rpartition(":")[0].strip("[]") for address in settings.addresses}
    if settings.tls or hosts <= set(LOOPBACK):
        return
    if settings.user is not None:
        yield note("kafka", where(settings), "密码和事件都未加密传送：请设 DUBAN_KAFKA_TLS=true。",
                   "password and events travel unencrypted: please set DUBAN_KAFKA_TLS=true.",
                   )  # fmt: skip
    else:
        yield note("kafka", where(settings), "没有登录，也未加密：只宜在封闭的内部网络。",
                   "no login and no encryption: fit for a closed network only.")  # fmt: skip


def _groups(client: KafkaAdminClient, settings: KafkaSettings) -> Iterator[Finding]:
    for group in groups(client, settings):
        if group.strangers:
            said = stranger(settings, group)
            yield wrong("group", group.name, str(said), said.english,
                        "kafka-consumer-groups.sh --bootstrap-server "
                        f"{settings.addresses[0]} --describe --members --group {group.name}",
                        )  # fmt: skip
        elif group.ours:
            yield good("group", group.name, f"{group.ours} 个 worker 在运行",
                       f"{group.ours} workers at work")  # fmt: skip


def _times(client: KafkaAdminClient, settings: KafkaSettings) -> Iterator[Finding]:
    """The newest event of each stream against our clock: Kafka itself does not tell the time."""
    newest = _newest(client, settings)
    if newest is None:
        return
    ahead = newest - time.time()
    said = datetime.fromtimestamp(newest, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    if ahead > MOST_AHEAD_S:
        yield wrong(
            "clock",
            where(settings),
            f"最新的事件写于 {said}，比本机时钟快 {ahead:.0f} 秒：请校准本机和写入的机器。",
            f"the newest event is of {said}, {ahead:.0f} s ahead of this clock: please set this "
            "machine's and the writer's clock.",
            "timedatectl set-ntp true",
        )
    else:
        yield good("clock", where(settings), f"最新的事件写于 {said}", f"newest event of {said}")


def _newest(client: KafkaAdminClient, settings: KafkaSettings) -> float | None:
    with told(settings):
        there: list[Mapping[str, Any]] = [
            one
            for one in client.describe_topics([stream(settings, name) for name in STREAMS])
            if not one["error_code"]
        ]
        places = [
            TopicPartition(one["name"], number["partition_index"])
            for one in there
            for number in one["partitions"]
        ]
        if not places:
            return None
        wanted = dict.fromkeys(places, OffsetSpec.MAX_TIMESTAMP)
        found = patiently(settings, lambda: client.list_partition_offsets(wanted))
    newest = max((one.timestamp for one in found.values()), default=-1)
    return newest / 1000 if newest >= 0 else None
