"""The Faust application of a unit, as the settings ask for it."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import aiokafka
import faust
from faust.transport.drivers.aiokafka import credentials_to_aiokafka_auth

from duban.adapters.kafka.connection import KNOWN_FOR_MS
from duban.adapters.kafka.encryption import context_of
from duban.adapters.kafka.faust_parts import Kept, Tables, prompt
from duban.adapters.kafka.topics import MAX_EVENT_BYTES, TABLE, application
from duban.config import KafkaSettings

#: Bounds of a partition's RocksDB; its own default is a cache of two gigabytes.
_ROCKSDB = {
    "block_cache_size": 8 << 20,
    "write_buffer_size": 4 << 20,
    "max_write_buffer_number": 2,
    "max_open_files": 64,
}
_EVENTS_WAITING = 32  # an event may be a whole report
_FETCHED_AT_ONCE = 1 << 20  # bytes a partition; one that is larger comes alone
_SLOWEST_S = 1800.0  # between two looks at Kafka, before the others take over
_SETTLING_S = 0.1  # others may join the group at the same time


def application_of(settings: KafkaSettings, unit: str, folder: Path, session_s: float) -> faust.App:
    """An application that makes no topic, opens no port, and believes its own cursor alone."""
    for chatty in ("faust", "mode"):
        logging.getLogger(chatty).setLevel(logging.ERROR)
    for chatty in ("aiokafka", "kafka"):  # a hundred lines a second while Kafka is away
        logging.getLogger(chatty).setLevel(logging.CRITICAL)  # what goes wrong is told by us
    made = faust.App(
        application(settings, unit),
        broker=[f"kafka://{address}" for address in settings.addresses],
        broker_client_id=f"{settings.prefix}duban",
        broker_credentials=_credentials(settings),
        broker_session_timeout=session_s,
        broker_heartbeat_interval=session_s / 5,
        broker_request_timeout=max(90.0, 2 * session_s),
        broker_max_poll_interval=_SLOWEST_S,
        store="rocksdb://",
        datadir=str(folder),
        key_serializer="raw",
        value_serializer="raw",
        topic_partitions=settings.partitions,
        topic_replication_factor=settings.replication,
        topic_allow_declare=False,
        topic_disable_leader=True,
        table_standby_replicas=0,
        web_enabled=False,
        stream_wait_empty=False,
        stream_buffer_maxsize=_EVENTS_WAITING,
        stream_recovery_delay=_SETTLING_S,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=KNOWN_FOR_MS,
        consumer_max_fetch_size=_FETCHED_AT_ONCE,
        producer_acks=-1,
        producer_metadata_max_age_ms=KNOWN_FOR_MS,
        producer_compression_type="gzip",
        producer_max_request_size=MAX_EVENT_BYTES,
        Table=Kept,
        TableManager=Tables,
    )
    return prompt(made)


def table_of(app: faust.App, partitions: int) -> Any:
    """What the unit remembers: bytes by name, kept in RocksDB and on the changelog topic."""
    return app.Table(
        TABLE,
        key_type=bytes,
        value_type=bytes,
        partitions=partitions,
        options=dict(_ROCKSDB),
    )


def producer_of(settings: KafkaSettings) -> Any:
    """A producer that keeps the order, and tries again until Kafka took what it was given."""
    return aiokafka.AIOKafkaProducer(
        bootstrap_servers=list(settings.addresses),
        client_id=f"{settings.prefix}duban",
        enable_idempotence=True,
        acks="all",
        max_request_size=MAX_EVENT_BYTES,
        request_timeout_ms=int(settings.timeout_s * 1000),
        metadata_max_age_ms=KNOWN_FOR_MS,
        **credentials_to_aiokafka_auth(_credentials(settings)),
    )


def _credentials(settings: KafkaSettings) -> Any:
    context = context_of(settings)
    if settings.user is not None and settings.password is not None:
        return faust.SASLCredentials(
            username=settings.user,
            password=settings.password.in_clear(),
            mechanism=settings.mechanism,
            ssl_context=context,
        )
    return faust.SSLCredentials(context) if context is not None else None
