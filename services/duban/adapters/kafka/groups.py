"""Who is in our consumer groups: a member that is not ours takes events away from us."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from kafka.admin import KafkaAdminClient

from duban.adapters.kafka.connection import administration, options
from duban.adapters.kafka.failure import told, where
from duban.adapters.kafka.topics import UNITS, application
from duban.config import KafkaSettings
from duban.errors import StorageError


class Group(msgspec.Struct, frozen=True):
    """A group that is there: how many members are ours, and what the others call themselves."""

    name: str
    ours: int
    strangers: tuple[str, ...]


def groups(
    client: KafkaAdminClient, settings: KafkaSettings, units: Sequence[str] = UNITS
) -> tuple[Group, ...]:
    """The groups of the units that are there; raises StorageError."""
    wanted = {application(settings, unit) for unit in units}
    with told(settings):
        there = {str(one["group_id"]) for one in client.list_groups()}
        known = sorted(wanted & there)
        found: Mapping[str, Mapping[str, Sequence[Mapping[str, str]]]] = (
            client.describe_groups(known) if known else {}
        )
    own = str(options(settings)["client_id"])
    made = []
    for name, group in found.items():
        names = [one["client_id"] for one in group["members"]]
        others = sorted({one for one in names if one != own})
        made.append(Group(name, names.count(own), tuple(others)))
    return tuple(made)


def refuse_strangers(settings: KafkaSettings, units: Sequence[str]) -> None:
    """StorageError where another program is in the consumer group of one of the units."""
    with administration(settings) as client:
        for group in groups(client, settings, units):
            if group.strangers:
                raise stranger(settings, group)


def stranger(settings: KafkaSettings, group: Group) -> StorageError:
    """A group with a member that is not ours, in words."""
    others = ", ".join(group.strangers)
    return StorageError(
        f"Kafka（{where(settings)}）的消费组 {group.name} 里有别的程序（{others}），会分走事件："
        "请停止它，或换一个前缀（DUBAN_KAFKA_PREFIX）。",
        f"Another program is in the consumer group {group.name} on Kafka at {where(settings)} "
        f"({others}) and takes events away: please end it, or use another prefix "
        "(DUBAN_KAFKA_PREFIX).",
    )
