"""`duban serve` and `duban topics resend` where Kafka was made anew: everything comes again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.stack.commands import Commands
from tests.stack.removing import remove_topics

from duban.adapters.kafka import admin
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.config import KafkaSettings

ROSTER = """
format: duban.roster/1
agencies:
  - {id: a, name: 甲县财政局, kind: dept_county}
  - {id: b, name: 乙县教育局, kind: dept_county}
"""


def test_a_crawler_refuses_topics_made_anew_and_hands_all_on_again_when_told_to(
    topics: KafkaSettings, tmp_path: Path
) -> None:
    environment = {
        "DUBAN_KAFKA_ADDRESS": topics.addresses[0],
        "DUBAN_KAFKA_PREFIX": topics.prefix,
        "DUBAN_KAFKA_PARTITIONS": "1",
    }
    (tmp_path / "roster.yaml").write_text(ROSTER, encoding="utf-8")
    data = tmp_path / "data"
    crawler = (
        "serve", "--profile", "distributed", "--only", "crawler", "--no-crawl", "--port", "0",
        "--roster", str(tmp_path / "roster.yaml"), "--data", str(data),
        "--blobs", str(tmp_path / "originals"),
    )  # fmt: skip

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

    command = f"duban topics resend --kafka {topics.addresses[0]} --data {data}"
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
