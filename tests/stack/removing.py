"""Removes what a test left on servers that others use too."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping

from duban.adapters.elastic.client import connected
from duban.adapters.kafka.connection import administration
from duban.config_servers import elastic_settings
from duban.config_source import kafka_settings


def remove(environment: Mapping[str, str]) -> None:
    """Topics, groups and indices of the prefix in an environment of settings."""
    kafka, elastic = kafka_settings(environment=environment), elastic_settings(environment)
    with administration(kafka) as client:
        client.delete_topics([one for one in client.list_topics() if one.startswith(kafka.prefix)])
        groups = [one["group_id"] for one in client.list_groups()]
        client.delete_groups([one for one in groups if one.startswith(kafka.prefix)])
    with contextlib.closing(connected(elastic)) as search:
        for name in search.indices.get(index=f"{elastic.prefix}*"):
            search.indices.delete(index=name)
