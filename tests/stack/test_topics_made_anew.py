"""`duban serve` and `duban topics resend` where Kafka was made anew: everything comes again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.stack.commands import Commands, metric
from tests.stack.removing import remove_topics
from tests.stack.server import free_ports

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka import admin
from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.forwarder import NAME as FORWARDER
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.topics import declared
from duban.config import KafkaSettings
from duban.testing.events import posted, registered

ROSTER = """
format: duban.roster/1
agencies:
  - {id: a, name: 甲县财政局, kind: dept_county}
  - {id: b, name: 乙县教育局, kind: dept_county}
"""


def test_a_crawler_refuses_topics_made_anew_and_hands_all_on_again_when_told_to(
    topics: KafkaSettings, tmp_path: Path
) -> None:
    environment, data = surroundings(topics), tmp_path / "data"
    crawler = crawler_of(tmp_path, data)

    def serve() -> dict[str, str]:
        """Until the roster and the day are there: the facts by id."""
        with Commands(tmp_path, environment) as commands:
            commands.start("crawler", *crawler)
            commands.wait_until(lambda: len(facts(topics)) >= 5)
            found = facts(topics)
            assert set(commands.stop().values()) == {0}
        return found

    before = serve()
    remove_topics(topics)
    admin.apply(topics)

    command = resending(topics, data)
    refused = ended(crawler, environment)
    assert refused.returncode == 2
    zh, en = refused.stderr.splitlines()
    assert command in zh
    assert command in en
    assert facts(topics) == {}

    told = ended(tuple(command.split()[1:]), environment)
    assert told.returncode == 0, told.stderr
    assert serve() == before
    again = ended(tuple(command.split()[1:]), environment)
    assert again.returncode == 2
    assert "无须再交" in again.stderr


def test_a_running_crawler_hands_nothing_on_to_topics_made_anew_and_ends(
    topics: KafkaSettings, tmp_path: Path
) -> None:
    environment, data = surroundings(topics), tmp_path / "data"
    crawler, command = crawler_of(tmp_path, data), resending(topics, data)
    with Commands(tmp_path, environment) as commands:
        commands.start("crawler", *crawler)
        commands.wait_until(lambda: len(facts(topics)) >= 5)
        with EmbeddedStore(data) as store:
            made_anew(topics)
            cursor = store.states.cursor(FORWARDER)
            store.log.append([registered("z"), posted("x")])

            assert commands.wait("crawler", 40) == 2

            assert store.states.cursor(FORWARDER) == cursor
            recorded = [one.event.id for one in store.log.read("facts")]
        zh, en = commands.said().splitlines()[-2:]
    assert command in zh
    assert command in en
    assert held(topics) == {}

    resend = tuple(command.split()[1:])
    append(topics, "z")  # as one that noticed too late would leave it, before what it came after
    refused = ended(resend, environment)
    assert refused.returncode == 2
    assert f"{topics.prefix}facts" in refused.stderr
    made_anew(topics)
    assert ended(resend, environment).returncode == 0
    with Commands(tmp_path, environment) as commands:
        commands.start("crawler", *crawler)
        commands.wait_until(lambda: len(facts(topics)) == len(recorded))
        assert set(commands.stop().values()) == {0}
    assert held(topics) == {"posted": 1, "facts": len(recorded)}
    assert list(facts(topics)) == recorded


def test_a_running_worker_takes_nothing_of_topics_made_anew_and_ends(
    topics: KafkaSettings, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    worker = (
        "worker", "--only", "agency", "--port", str(port), "--data", str(tmp_path / "state"),
    )  # fmt: skip
    with Commands(tmp_path, surroundings(topics)) as commands:
        commands.start("worker", *worker)
        append(topics, "a", "b")
        commands.wait_until(lambda: (metric(port, "duban_events_total") or 0) >= 2)
        made_anew(topics)
        append(topics, *"cdefg")  # more than it had handled: a cursor would go on among them

        assert commands.wait("worker", 40) == 2

        zh, en = commands.said().splitlines()[-2:]
    assert "主题已重新建立" in zh
    assert "--data" in en
    assert held(topics) == {"facts": 5}


def surroundings(topics: KafkaSettings) -> dict[str, str]:
    """What commands are told of Kafka."""
    return {
        "DUBAN_KAFKA_ADDRESS": topics.addresses[0],
        "DUBAN_KAFKA_PREFIX": topics.prefix,
        "DUBAN_KAFKA_PARTITIONS": "1",
    }


def crawler_of(folder: Path, data: Path) -> tuple[str, ...]:
    """A crawler that looks at no page, of a roster of two."""
    roster = folder / "roster.yaml"
    roster.write_text(ROSTER, encoding="utf-8")
    return (
        "serve", "--profile", "distributed", "--only", "crawler", "--no-crawl", "--port", "0",
        "--roster", str(roster), "--data", str(data), "--blobs", str(folder / "originals"),
    )  # fmt: skip


def resending(topics: KafkaSettings, data: Path) -> str:
    """The command that an edge names."""
    return f"duban topics resend --kafka {topics.addresses[0]} --data {data}"


def made_anew(topics: KafkaSettings) -> None:
    """Remove all topics, and make them under the same names."""
    with administration(topics) as client:
        client.delete_topics([one.name for one in declared(topics)])
    admin.apply(topics)


def append(topics: KafkaSettings, *agencies: str) -> None:
    """Registrations, as an edge hands them on."""
    with KafkaEventLog(topics) as log:
        log.append([registered(one) for one in agencies])


def held(topics: KafkaSettings) -> dict[str, int]:
    """How much lies on each topic that holds anything, by its name without the prefix."""
    reader, names = PartitionReader(topics), [one.name for one in declared(topics)]
    try:
        ends = {
            name: sum(reader.ends(name).values())
            for name in (one.removeprefix(topics.prefix) for one in names)
        }
    finally:
        reader.close()
    return {name: end for name, end in ends.items() if end}


def facts(settings: KafkaSettings) -> dict[str, str]:
    """What the facts hold: names by id."""
    reader = PartitionReader(settings)
    try:
        return {one.id: one.name for one in reader.read("facts", reader.spans("facts"))}
    finally:
        reader.close()


def ended(
    command: tuple[str, ...], environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [str(Path(sys.executable).with_name("duban")), *command], env=dict(environment),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
