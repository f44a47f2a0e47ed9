"""Reaching Kafka: the options of every client, and whether it is the Kafka that is meant."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar, cast

from kafka import errors
from kafka.admin import KafkaAdminClient
from kafka.net.manager import KafkaConnectionManager
from kafka.net.selector import NetworkSelector

from duban.adapters.kafka.encryption import context_of, refuse_a_stranger
from duban.adapters.kafka.failure import missing_topic, told, where
from duban.config import KafkaSettings
from duban.errors import StorageError

OLDEST = (3, 0)  # incremental settings and idempotence by default
_NOT_YET = (
    errors.UnknownTopicOrPartitionError,
    errors.LeaderNotAvailableError,
    errors.NotLeaderForPartitionError,
)
_PAUSE_S = 0.2
#: How old what a client knows of brokers and leaders may be: theirs is five minutes, in which a
#: client that missed a restart may ask the wrong one.
KNOWN_FOR_MS = 30_000
_Answer = TypeVar("_Answer")


def options(settings: KafkaSettings) -> Mapping[str, Any]:
    """What every client of kafka-python is given."""
    found: dict[str, Any] = {
        "bootstrap_servers": list(settings.addresses),
        "client_id": f"{settings.prefix}duban",
        "bootstrap_timeout_ms": int(settings.timeout_s * 1000),
        "reconnect_backoff_max_ms": 2000,
        "metadata_max_age_ms": KNOWN_FOR_MS,
        "security_protocol": _protocol(settings),
    }
    if settings.tls:
        found["ssl_context"] = context_of(settings)
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
            yield client
        finally:
            client.close()


def patiently(settings: KafkaSettings, ask: Callable[[], _Answer]) -> _Answer:
    """Ask again while the servers do not know yet of a partition that was just made."""
    until = time.monotonic() + settings.timeout_s
    while True:
        try:
            return ask()
        except _NOT_YET:
            if time.monotonic() > until:
                raise
            time.sleep(_PAUSE_S)


def refuse_an_old_server(settings: KafkaSettings, version: tuple[int, ...] | None) -> None:
    """StorageError where the server is older than what duban was made for."""
    if version is not None and tuple(version) < OLDEST:
        needed, found = (".".join(map(str, one)) for one in (OLDEST, version))
        raise StorageError(
            f"Kafka（{where(settings)}）的版本是 {found}，太旧：需要 {needed} 或更新版本。",
            f"Kafka at {where(settings)} is version {found}: {needed} or newer is needed.",
        )


def reach(settings: KafkaSettings) -> None:
    """StorageError where no Kafka that is new enough lets us in at any of the addresses.

    Asked before a client is made: the clients try again until their time is over without telling
    why, and one that fails leaves a thread behind.
    """
    _refuse_where_nobody_listens(settings)
    with told(settings):
        refuse_an_old_server(settings, _greeting(settings))


def _refuse_where_nobody_listens(settings: KafkaSettings) -> None:
    causes = []
    context = context_of(settings)
    for address in settings.addresses:
        host, _, port = address.rpartition(":")
        host = host.strip("[]")
        try:
            connected = socket.create_connection((host, int(port)), settings.timeout_s)
        except socket.gaierror:
            causes.append((f"{address} 的主机名无法解析", f"the host of {address} is not known"))
        except TimeoutError:
            causes.append((f"{address} 没有应答", f"{address} does not answer"))
        except OSError as error:
            causes.append((f"{address} 连接不上", f"{address}: {error.strerror}"))
        else:
            with connected:
                if context is not None:
                    refuse_a_stranger(context, address, connected, host)
            return
    raise StorageError(
        f"连接不上 Kafka：{'；'.join(zh for zh, _ in causes)}。请检查地址（DUBAN_KAFKA_ADDRESS）"
        "以及 Kafka 是否在运行。",
        f"Kafka cannot be reached: {'; '.join(en for _, en in causes)}. Please check the address "
        "(DUBAN_KAFKA_ADDRESS) and whether Kafka is running.",
    )


def _greeting(settings: KafkaSettings) -> tuple[int, ...] | None:
    """The version of the first server that answers; KafkaError of the one that says most."""
    net = NetworkSelector()
    manager = KafkaConnectionManager(net, **options(settings))
    failed: list[errors.KafkaError] = []

    async def greet(node: str) -> tuple[int, ...] | None:
        patience_ms = settings.timeout_s * 1000
        connection = manager.get_connection(
            node, timeout_ms=patience_ms, refresh_metadata_on_err=False
        )
        try:
            await connection
        except errors.KafkaConnectionError as error:
            if settings.user is None or connection.broker_version is None:
                raise
            # It told its version and hung up at the login, its answer lost on the way.
            raise errors.SaslAuthenticationFailedError from error
        told_more = manager.call_soon(manager.cluster.refresh_metadata, node)
        await manager.wait_for(told_more, patience_ms)
        version: tuple[int, ...] | None = connection.broker_version
        return version

    try:
        for broker in manager.cluster.bootstrap_brokers():
            try:
                return cast("tuple[int, ...] | None", net.run(greet, broker.node_id))
            except errors.KafkaError as error:
                failed.append(error)
    finally:
        manager.close()
        net.close()
    refused = [one for one in failed if not isinstance(one, errors.RetriableError)]
    raise (refused or failed)[0]


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
