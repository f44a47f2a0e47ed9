"""Reaching Kafka: the options of every client, and whether it is the Kafka that is meant."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from kafka.admin import KafkaAdminClient

from duban.adapters.kafka.failure import missing_topic, told, where
from duban.config import KafkaSettings
from duban.errors import StorageError

OLDEST = (3, 0)  # incremental settings and idempotence by default


def options(settings: KafkaSettings) -> Mapping[str, Any]:
    """What every client of kafka-python is given."""
    found: dict[str, Any] = {
        "bootstrap_servers": list(settings.addresses),
        "client_id": f"{settings.prefix}duban",
        "bootstrap_timeout_ms": int(settings.timeout_s * 1000),
        "reconnect_backoff_max_ms": 2000,
        "security_protocol": _protocol(settings),
    }
    if settings.tls:
        for name, path in (
            ("ssl_cafile", settings.ca_file),
            ("ssl_certfile", settings.cert_file),
            ("ssl_keyfile", settings.key_file),
        ):
            found[name] = str(path) if path else None
    if settings.user is not None:
        found["sasl_mechanism"] = settings.mechanism
        found["sasl_plain_username"] = settings.user
        found["sasl_plain_password"] = settings.password
    return found


@contextmanager
def administration(settings: KafkaSettings) -> Iterator[KafkaAdminClient]:
    """A client that can look at topics and change them; StorageError where none is to be had."""
    reach(settings)
    with told(settings):
        client = KafkaAdminClient(
            **options(settings), request_timeout_ms=int(settings.timeout_s * 1000)
        )
        try:
            manager = client._manager  # noqa: SLF001 - tells the version nowhere else
            refuse_an_old_server(settings, manager.broker_version)
            yield client
        finally:
            client.close()


def refuse_an_old_server(settings: KafkaSettings, version: tuple[int, ...] | None) -> None:
    """StorageError where the server is older than what duban was made for."""
    if version is not None and tuple(version) < OLDEST:
        needed, found = (".".join(map(str, one)) for one in (OLDEST, version))
        raise StorageError(
            f"Kafka（{where(settings)}）的版本是 {found}，太旧：需要 {needed} 或更新版本。",
            f"Kafka at {where(settings)} is version {found}: {needed} or newer is needed.",
        )


def reach(settings: KafkaSettings) -> None:
    """StorageError at once where nobody listens at any of the addresses."""
    causes = []
    for address in settings.addresses:
        host, _, port = address.rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), settings.timeout_s).close()
        except socket.gaierror:
            causes.append((f"{address} 的主机名无法解析", f"the host of {address} is not known"))
        except TimeoutError:
            causes.append((f"{address} 没有应答", f"{address} does not answer"))
        except OSError as error:
            causes.append((f"{address} 连接不上", f"{address}: {error.strerror}"))
        else:
            return
    raise StorageError(
        f"连接不上 Kafka：{'；'.join(zh for zh, _ in causes)}。请检查地址（DUBAN_KAFKA_ADDRESS）"
        "以及 Kafka 是否在运行。",
        f"Kafka cannot be reached: {'; '.join(en for _, en in causes)}. Please check the address "
        "(DUBAN_KAFKA_ADDRESS) and whether Kafka is running.",
    )


def _protocol(settings: KafkaSettings) -> str:
    base = "SSL" if settings.tls else "PLAINTEXT"
    return base if settings.user is None else f"SASL_{base}"


def count_partitions(settings: KafkaSettings, topic: str) -> int:
    """The partitions of a topic; StorageError where it is missing or cut otherwise."""
    with administration(settings) as client:
        (described,) = client.describe_topics([topic])
    found = len(described["partitions"])
    if found == 0:
        raise missing_topic(settings, topic)
    if found != settings.partitions:
        raise StorageError(
            f"Kafka（{where(settings)}）的主题 {topic} 有 {found} 个分区，设置的是 "
            f"{settings.partitions} 个：请更正 DUBAN_KAFKA_PARTITIONS，或运行 duban topics check。",
            f"The topic {topic} on Kafka at {where(settings)} has {found} partitions, "
            f"{settings.partitions} are set: please correct DUBAN_KAFKA_PARTITIONS, or run "
            "duban topics check.",
        )
    return found
