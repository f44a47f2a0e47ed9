"""Makes the topics that are declared, and tells where the server's differ from them."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from kafka import TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType, KafkaAdminClient, OffsetSpec
from kafka.errors import TopicAlreadyExistsError

from duban.adapters.kafka.connection import administration, patiently
from duban.adapters.kafka.failure import told
from duban.adapters.kafka.topics import STREAMS, TopicSpec, declared, stream
from duban.config import KafkaSettings


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which a topic is not as declared.

    `mend` is the command that mends it; where that is empty nothing can, and `why` says so.
    """

    topic: str
    setting: str
    declared: str
    found: str
    mend: str = ""
    why: str = ""
    why_english: str = ""

    @property
    def is_applied(self) -> bool:
        """Whether `duban topics apply` mends it."""
        return self.mend.startswith(_APPLY)


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """What was found; `made` and `changed` are the topics that `apply` made or changed."""

    topics: int
    made: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()


_APPLY = "duban topics apply"


def check(settings: KafkaSettings) -> Drift:
    """Compare the server's topics with the declared ones; raises StorageError."""
    specs = declared(settings)
    with administration(settings) as client:
        return Drift(topics=len(specs), differences=_differences(client, settings, specs))


def apply(settings: KafkaSettings) -> Drift:
    """Make what is missing and set what differs, as far as that can be; raises StorageError.

    Applying again changes nothing. The differences that remain are in the answer.
    """
    specs = declared(settings)
    with administration(settings) as client:
        found = [one for one in _differences(client, settings, specs) if one.is_applied]
        missing = {one.topic for one in found if one.setting == "topic"}
        made = _make(client, settings, [spec for spec in specs if spec.name in missing])
        changed = _change(client, settings, [one for one in found if one.topic not in missing])
        left = _differences(client, settings, specs)
    return Drift(topics=len(specs), made=made, changed=changed, differences=left)


def filled(settings: KafkaSettings) -> tuple[str, ...]:
    """The topics that hold anything, or did; raises StorageError."""
    with administration(settings) as client, told(settings):
        described = client.describe_topics([spec.name for spec in declared(settings)])
        there = {one["name"]: one for one in described if not one["error_code"]}
        places = [place for topic in there for place in _places(topic, there)]
        ends = patiently(settings, lambda: _offsets(client, places, OffsetSpec.LATEST))
    return tuple(dict.fromkeys(place.topic for place in places if ends[place]))


def _make(
    client: KafkaAdminClient, settings: KafkaSettings, specs: Sequence[TopicSpec]
) -> tuple[str, ...]:
    made = []
    for spec in specs:
        wanted = {
            "num_partitions": spec.partitions,
            "replication_factor": spec.replication,
            "configs": dict(spec.settings),
        }
        with told(settings, spec.name):
            try:
                client.create_topics({spec.name: wanted}, wait_for_metadata=True)
            except TopicAlreadyExistsError:  # another one who applies was faster
                continue
        made.append(spec.name)
    return tuple(made)


def _change(
    client: KafkaAdminClient, settings: KafkaSettings, found: Sequence[Difference]
) -> tuple[str, ...]:
    by_topic: dict[str, dict[str, str]] = {}
    for one in found:
        by_topic.setdefault(one.topic, {})[one.setting] = one.declared
    for topic, values in by_topic.items():
        with told(settings, topic):
            client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, values)])
    return tuple(by_topic)


def _differences(
    client: KafkaAdminClient, settings: KafkaSettings, specs: Sequence[TopicSpec]
) -> tuple[Difference, ...]:
    with told(settings):
        described = client.describe_topics([spec.name for spec in specs])
        there = {one["name"]: one for one in described if not one["error_code"]}
        values = patiently(settings, lambda: _values(client, list(there)))
        begins = patiently(settings, lambda: _begins(client, settings, there))
    found: list[Difference] = []
    for spec in specs:
        if spec.name not in there:
            found.append(
                Difference(
                    topic=spec.name, setting="topic", declared="present", found="missing",
                    mend=_apply(settings),
                )
            )  # fmt: skip
            continue
        found += _shape(settings, spec, there[spec.name])
        found += [
            Difference(
                topic=spec.name, setting=name, declared=value,
                found=values[spec.name].get(name, ""), mend=_apply(settings),
            )
            for name, value in spec.settings.items()
            if values[spec.name].get(name) != value
        ]  # fmt: skip
        found += _lost(spec, begins)
    return tuple(found)


def _values(client: KafkaAdminClient, names: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """What holds for each topic, the server's defaults included."""
    if not names:
        return {}
    wanted = [ConfigResource(ConfigResourceType.TOPIC, name, None) for name in names]
    found = client.describe_configs(wanted, config_filter="all")["topic"]
    return {
        topic: {name: one["value"] for name, one in values.items()}
        for topic, values in found.items()
    }


def _begins(
    client: KafkaAdminClient, settings: KafkaSettings, there: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, int]:
    """By stream, how many events at the beginning of a partition the server has removed."""
    names = [stream(settings, one) for one in STREAMS]
    places = [place for topic in names if topic in there for place in _places(topic, there)]
    begins: dict[str, int] = {}
    for place, begin in _offsets(client, places, OffsetSpec.EARLIEST).items():
        begins[place.topic] = max(begins.get(place.topic, 0), begin)
    return begins


def _places(topic: str, there: Mapping[str, Mapping[str, Any]]) -> Sequence[TopicPartition]:
    return [TopicPartition(topic, one["partition_index"]) for one in there[topic]["partitions"]]


def _offsets(
    client: KafkaAdminClient, places: Sequence[TopicPartition], which: OffsetSpec
) -> Mapping[TopicPartition, int]:
    if not places:
        return {}
    found = client.list_partition_offsets(dict.fromkeys(places, which))
    return {place: one.offset for place, one in found.items()}


def _shape(settings: KafkaSettings, spec: TopicSpec, found: Mapping[str, Any]) -> list[Difference]:
    """Differences in partitions and copies, which `apply` does not touch."""
    partitions = len(found["partitions"])
    copies = min(len(one["replica_nodes"]) for one in found["partitions"])
    shape = []
    if partitions != spec.partitions:
        shape.append(
            Difference(
                topic=spec.name, setting="partitions", declared=str(spec.partitions),
                found=str(partitions),
                why="分区数建好后不能改：单位会换到别的分区，先后顺序就乱了。请更正 "
                "DUBAN_KAFKA_PARTITIONS，或换一个前缀（DUBAN_KAFKA_PREFIX）重新建立。",
                why_english="The number of partitions cannot change: agencies would move and "
                "their order be lost. Please correct DUBAN_KAFKA_PARTITIONS, or begin anew under "
                "another prefix (DUBAN_KAFKA_PREFIX).",
            )
        )  # fmt: skip
    if copies != spec.replication:
        shape.append(
            Difference(
                topic=spec.name, setting="replication", declared=str(spec.replication),
                found=str(copies), mend=_reassign(settings, spec.name),
            )
        )  # fmt: skip
    return shape


def _lost(spec: TopicSpec, begins: Mapping[str, int]) -> list[Difference]:
    if not begins.get(spec.name):
        return []
    return [
        Difference(
            topic=spec.name, setting="first offset", declared="0", found=str(begins[spec.name]),
            why="早先的事件已被删除，改设置也回不来：请用备份恢复到新的前缀。",
            why_english="Earlier events were removed and no setting brings them back: please "
            "restore a backup under another prefix.",
        )
    ]  # fmt: skip


def _apply(settings: KafkaSettings) -> str:
    return f"{_APPLY} --kafka {shlex.quote(','.join(settings.addresses))}"


def _reassign(settings: KafkaSettings, topic: str) -> str:
    """Kafka's own tool moves copies; which brokers are to hold them is the operator's choice."""
    return (
        f"kafka-reassign-partitions.sh --bootstrap-server {shlex.quote(settings.addresses[0])} "
        f"--reassignment-json-file {shlex.quote(topic)}.json --execute"
    )
