"""`duban worker` by its command: a folder that another worker has, or that is of other topics."""

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
from duban.config import KafkaSettings


def test_a_folder_in_use_and_a_folder_of_topics_made_anew_are_refused_in_one_line(
    topics: KafkaSettings, tmp_path: Path
) -> None:
    environment = {
        "DUBAN_KAFKA_ADDRESS": topics.addresses[0],
        "DUBAN_KAFKA_PREFIX": topics.prefix,
        "DUBAN_KAFKA_PARTITIONS": "1",
    }
    worker = ("worker", "--only", "agency", "--data", str(tmp_path / "data"), "--port", "0")
    with Commands(tmp_path, environment) as commands:
        commands.start("first", *worker)
        commands.wait_until(lambda: "分区" in commands.said())
        assert "正由另一个 worker 使用" in refused(worker, environment)
        assert set(commands.stop().values()) == {0}

    remove_topics(topics)
    admin.apply(topics)

    assert "主题已重新建立" in refused(worker, environment)


def refused(command: tuple[str, ...], environment: Mapping[str, str]) -> str:
    """The Chinese line that it ends with."""
    done = subprocess.run(
        [str(Path(sys.executable).with_name("duban")), *command], env=dict(environment),
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    zh, en = done.stderr.splitlines()
    assert done.returncode == 2
    assert "--data" in en
    return zh
