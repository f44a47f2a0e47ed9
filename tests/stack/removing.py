"""Removes what a test left on servers that others use too."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from duban.adapters.elastic.client import connected
from duban.adapters.kafka.connection import administration
from duban.config import KafkaSettings
from duban.config_servers import elastic_settings
from duban.config_source import kafka_settings


def remove(environment: Mapping[str, str]) -> None:
    """Topics, groups and indices of the prefix in an environment of settings."""
    elastic = elastic_settings(environment)
    remove_topics(kafka_settings(environment=environment))
    with contextlib.closing(connected(elastic)) as search:
        for name in search.indices.get(index=f"{elastic.prefix}*"):
            search.indices.delete(index=name)


def remove_topics(settings: KafkaSettings) -> None:
    """Topics and groups of the prefix of the settings."""
    prefix = settings.prefix
    with administration(settings) as client:
        client.delete_topics([one for one in client.list_topics() if one.startswith(prefix)])
        groups = [one["group_id"] for one in client.list_groups()]
        client.delete_groups([one for one in groups if one.startswith(prefix)])
