"""Wrong settings for Elasticsearch, given to each command: one sentence, no silence, no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from tests.stack.answering import answering
from tests.stack.certificate import certified
from tests.stack.removing import remove_topics

from duban.adapters.kafka import admin
from duban.config import KafkaSettings

PASSWORD = "falsches-geheimnis"
OLD = {"nodes": {"n": {"version": "8.19.3"}}}
REFUSED = {"error": {"type": "security_exception", "reason": "no"}, "status": 401}
COMMANDS = {
    "worker": ("worker", "--only", "indexer", "--port", "0"),
    "pages": ("serve", "--profile", "distributed", "--only", "pages", "--port", "0"),
    "rebuild": ("rebuild", "--profile", "distributed"),
    "doctor": ("doctor", "--profile", "distributed"),
}
#: What is wrong, what is said, and who is asked: all of them are told by the same part.
SAID = {
    "password": ("DUBAN_ELASTIC_PASSWORD", ("worker", "rebuild", "doctor")),
    "address": ("DUBAN_ELASTIC_URL", ("pages", "doctor")),
    "plain": ("http 还是 https", ("rebuild",)),
    "encrypted": ("DUBAN_ELASTIC_CA_FILE", ("doctor",)),
    "authority": ("DUBAN_ELASTIC_CA_FILE", ("worker", "doctor")),
    "version": ("版本是 8.19.3：需要 9.x", ("pages", "rebuild", "doctor")),
}
CALLS = [(change, name) for change, (_, names) in SAID.items() for name in names]


@pytest.fixture(scope="module")
def settings(kafka: str) -> Iterator[KafkaSettings]:
    """A Kafka on which nothing is wrong."""
    made = KafkaSettings(addresses=(kafka,), prefix=f"t{os.getpid()}-wrong-", partitions=1)
    admin.apply(made)
    yield made
    remove_topics(made)


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Mapping[str, str]]]:
    """The settings that are wrong, by what is wrong with them."""
    own, other = tmp_path_factory.mktemp("own"), tmp_path_factory.mktemp("other")
    _, certificate = certified(own)
    stranger, _ = certified(other)
    with ExitStack() as opened:
        plain = opened.enter_context(answering(200, OLD))
        refusing = opened.enter_context(answering(401, REFUSED))
        https = opened.enter_context(answering(200, OLD, certificate=certificate))
        yield {
            "password": {"URL": refusing, "USER": "duban", "PASSWORD": PASSWORD},
            "address": {"URL": "http://127.0.0.1:9"},
            "plain": {"URL": https.replace("https", "http")},
            "encrypted": {"URL": plain.replace("http", "https")},
            "authority": {"URL": https, "CA_FILE": str(stranger)},
            "version": {"URL": plain},
        }


@pytest.mark.parametrize(("change", "name"), CALLS)
def test_what_is_wrong_is_said_once_with_what_mends_it(
    settings: KafkaSettings,
    given: Mapping[str, Mapping[str, str]],
    tmp_path: Path,
    change: str,
    name: str,
) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")}
    environment = {
        "DUBAN_KAFKA_ADDRESS": settings.addresses[0],
        "DUBAN_KAFKA_PREFIX": settings.prefix,
        "DUBAN_KAFKA_PARTITIONS": "1",
        "DUBAN_BLOBS_URL": str(tmp_path / "originals"),
        **{f"DUBAN_ELASTIC_{key}": value for key, value in given[change].items()},
    }
    data = () if name == "rebuild" else ("--data", str(tmp_path / "data"))

    done = subprocess.run(
        [str(Path(sys.executable).with_name("duban")), *COMMANDS[name], *data],
        env=kept | environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    assert PASSWORD not in done.stdout + done.stderr
    if name == "doctor":
        assert done.returncode == 1
        wrong = [one for one in done.stdout.splitlines() if one.startswith("须改 WRONG  elastic")]
        (line,) = wrong
    else:
        assert done.returncode == 2
        line, english = done.stderr.splitlines()
        assert english.startswith("Error: ")
    assert SAID[change][0] in line
