"""`duban topics` on a real Kafka: makes what is declared, and tells every difference."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import pytest
from click.testing import CliRunner, Result

pytest.importorskip("kafka")

from kafka.admin import ConfigResource, ConfigResourceType

from duban.adapters.kafka.admin import apply, check
from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.topics import declared
from duban.cli import group
from duban.config import KafkaSettings


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    found = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=2)
    yield found
    with administration(found) as client:
        there = set(client.list_topics())
        ours = [spec.name for spec in declared(found) if spec.name in there]
        if ours:
            client.delete_topics(ours)


def make(settings: KafkaSettings, name: str, partitions: int) -> None:
    with administration(settings) as client:
        shape = {"num_partitions": partitions, "replication_factor": 1}
        client.create_topics({name: shape}, wait_for_metadata=True)


def set_(settings: KafkaSettings, name: str, **values: str) -> None:
    wanted = {setting.replace("_", "."): value for setting, value in values.items()}
    with administration(settings) as client:
        client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, wanted)])


def run(settings: KafkaSettings, *arguments: str) -> Result:
    environment = {
        "DUBAN_KAFKA_ADDRESS": ",".join(settings.addresses),
        "DUBAN_KAFKA_PREFIX": settings.prefix,
        "DUBAN_KAFKA_PARTITIONS": str(settings.partitions),
    }
    return CliRunner().invoke(group, ["topics", *arguments], env=environment)


def names(settings: KafkaSettings) -> Sequence[str]:
    return [spec.name for spec in declared(settings)]


def test_applying_makes_every_topic_and_applying_again_changes_nothing(
    settings: KafkaSettings,
) -> None:
    assert {one.setting for one in check(settings).differences} == {"topic"}

    first, second = apply(settings), apply(settings)

    assert list(first.made) == names(settings)
    assert first.differences == ()
    assert (second.made, second.changed, second.differences) == ((), (), ())
    assert check(settings).differences == ()


def test_a_setting_changed_by_hand_is_told_and_mended(settings: KafkaSettings) -> None:
    apply(settings)
    facts, log = f"{settings.prefix}facts", f"{settings.prefix}agency-state-changelog"
    set_(settings, facts, retention_ms="1000", cleanup_policy="compact")
    set_(settings, log, cleanup_policy="delete")

    found = {(one.topic, one.setting): one for one in check(settings).differences}

    assert set(found) == {
        (facts, "retention.ms"),
        (facts, "cleanup.policy"),
        (log, "cleanup.policy"),
    }
    assert found[facts, "retention.ms"].found == "1000"
    assert found[facts, "retention.ms"].mend == (
        f"duban topics apply --kafka {settings.addresses[0]}"
    )
    mended = apply(settings)
    assert set(mended.changed) == {facts, log}
    assert mended.differences == ()


def test_another_number_of_partitions_cannot_be_mended_and_is_left_alone(
    settings: KafkaSettings,
) -> None:
    facts = f"{settings.prefix}facts"
    make(settings, facts, 5)

    (left,) = [one for one in apply(settings).differences if one.topic == facts]

    assert (left.setting, left.declared, left.found, left.mend) == ("partitions", "2", "5", "")
    assert "不能改" in left.why
    with administration(settings) as client:
        (described,) = client.describe_topics([facts])
    assert len(described["partitions"]) == 5


def test_too_few_copies_are_told_with_the_tool_that_adds_them(settings: KafkaSettings) -> None:
    apply(settings)
    wanted = KafkaSettings(
        addresses=settings.addresses, prefix=settings.prefix, partitions=2, replication=2
    )

    found = [one for one in check(wanted).differences if one.topic.endswith("-facts")]

    assert [(one.setting, one.found) for one in found] == [("replication", "1")]
    assert found[0].mend.startswith("kafka-reassign-partitions.sh --bootstrap-server")


def test_more_copies_than_brokers_are_refused_in_one_sentence(settings: KafkaSettings) -> None:
    environment = {"DUBAN_KAFKA_REPLICATION": "3", "DUBAN_KAFKA_PREFIX": settings.prefix}

    done = CliRunner().invoke(
        group, ["topics", "apply", "--kafka", settings.addresses[0]], env=environment
    )

    assert "副本" in str(done.exception)


def test_removed_events_are_told_and_no_command_brings_them_back(
    settings: KafkaSettings,
) -> None:
    from kafka import KafkaProducer, TopicPartition

    apply(settings)
    facts = f"{settings.prefix}facts"
    producer = KafkaProducer(bootstrap_servers=list(settings.addresses))
    for _ in range(3):
        producer.send(facts, b"{}", partition=1).get(10)
    producer.close()
    with administration(settings) as client:
        client.delete_records({TopicPartition(facts, 1): 2})

    (one,) = check(settings).differences

    assert (one.topic, one.setting, one.found, one.mend) == (facts, "first offset", "2", "")


def test_the_command_tells_each_difference_in_one_line(settings: KafkaSettings) -> None:
    missing = run(settings, "check")
    made = run(settings, "apply")
    good = run(settings, "check")

    assert missing.exit_code == 1
    lines = missing.output.splitlines()
    assert len(lines) == len(names(settings)) + 1
    assert all("duban topics apply --kafka" in line for line in lines[:-1])
    assert (made.exit_code, good.exit_code) == (0, 0)
    assert len(made.output.splitlines()) == len(names(settings)) + 1
    assert good.output == f"{len(names(settings))} 个主题与声明一致 / all topics are as declared\n"


def test_programs_read_the_differences_as_json(settings: KafkaSettings) -> None:
    make(settings, f"{settings.prefix}facts", 1)

    found = json.loads(run(settings, "check", "--format", "json").output)

    assert found["topics"] == len(names(settings))
    cut = [one for one in found["differences"] if one["setting"] == "partitions"]
    assert [(one["declared"], one["found"], one["mend"]) for one in cut] == [("2", "1", "")]
