"""There is one crawler and one notifier on a Kafka: a second one is told so."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from tests.stack.removing import remove_topics

from duban.adapters.kafka import admin
from duban.config import KafkaSettings
from duban.distributed import alone
from duban.distributed.alone import Alone
from duban.errors import UsageError


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    made = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=2)
    admin.apply(made)
    yield made
    remove_topics(made)


def test_a_second_crawler_is_refused_and_the_first_goes_on(
    settings: KafkaSettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alone, "_PATIENCE_S", 3.0)
    here, there = tmp_path / "one", tmp_path / "two"
    with Alone(settings, "crawler", here) as first:
        with pytest.raises(UsageError, match=r"另一个采集进程（.*/one, .*）正在运行") as refused:
            Alone(settings, "crawler", there).__enter__()
        with Alone(settings, "notifier", there) as other:
            assert other.error is None
        time.sleep(1)
        assert first.error is None
    assert "Another crawler runs" in refused.value.english


def test_a_process_that_was_killed_is_succeeded_at_once_in_its_folder(
    settings: KafkaSettings, tmp_path: Path
) -> None:
    place = "from pathlib import Path; " + (
        "from duban.config import KafkaSettings; from duban.distributed.alone import Alone; "
        f"Alone(KafkaSettings(addresses={settings.addresses!r}, prefix={settings.prefix!r}, "
        f"partitions=2), 'crawler', Path({str(tmp_path)!r})).__enter__(); "
        "print('ready', flush=True); import time; time.sleep(600)"
    )
    killed = subprocess.Popen([sys.executable, "-c", place], stdout=subprocess.PIPE, text=True)
    try:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "ready\n"
    finally:
        killed.kill()
        killed.communicate()
    began = time.monotonic()
    with Alone(settings, "crawler", tmp_path):
        assert time.monotonic() - began < alone.SESSION_S / 2


def test_the_place_is_free_as_soon_as_its_holder_ended(
    settings: KafkaSettings, tmp_path: Path
) -> None:
    with Alone(settings, "notifier", tmp_path / "one"):
        pass
    began = time.monotonic()
    with Alone(settings, "notifier", tmp_path / "two") as later:
        assert later.error is None
    assert time.monotonic() - began < alone.SESSION_S / 2
