"""Wrong settings for a real Kafka, given to each command: one sentence, no silence, no secret."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from tests.stack.certificate import certified
from tests.stack.fetch import Programs
from tests.stack.kafka_server import PASSWORD, USER, KafkaServer

WRONG = "falsches-geheimnis"
SERVE = ("serve", "--profile", "distributed", "--no-crawl", "--port", "0", "--only")
COMMANDS = {
    "topics": ("topics", "check"),
    "worker": ("worker", "--port", "0"),
    "crawler": (*SERVE, "crawler"),
    "pages": (*SERVE, "pages"),
    "doctor": ("doctor", "--profile", "distributed"),
}
Change = Callable[[KafkaServer, Path], Mapping[str, str]]


@pytest.fixture(scope="module")
def server(programs: Programs) -> Iterator[KafkaServer]:
    """A broker with a login and encryption."""
    with KafkaServer(programs) as started:
        yield started


def password(server: KafkaServer, folder: Path) -> Mapping[str, str]:
    del folder
    return {"ADDRESS": server.login_address, "PASSWORD": WRONG}


def authority(server: KafkaServer, folder: Path) -> Mapping[str, str]:
    other, _ = certified(folder)
    return {"ADDRESS": server.tls_address, "TLS": "true", "CA_FILE": str(other)}


def no_certificate(server: KafkaServer, folder: Path) -> Mapping[str, str]:
    (folder / "garbage.pem").write_text("keines\n")
    return {"ADDRESS": server.tls_address, "TLS": "true", "CA_FILE": f"{folder / 'garbage.pem'}"}


def encrypted(server: KafkaServer, folder: Path) -> Mapping[str, str]:
    del folder
    return {"ADDRESS": server.login_address, "TLS": "true", "CA_FILE": str(server.ca_file)}


SAID: Mapping[Change, str] = {
    password: "DUBAN_KAFKA_PASSWORD",
    authority: "的证书不可信",
    no_certificate: "DUBAN_KAFKA_CA_FILE",
    encrypted: "不接受加密连接",
}


@pytest.mark.parametrize("change", SAID, ids=lambda one: one.__name__)
@pytest.mark.parametrize("name", COMMANDS)
def test_what_is_wrong_is_said_once_with_what_mends_it(
    server: KafkaServer, tmp_path: Path, name: str, change: Change
) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")}
    given = {"USER": USER, "PASSWORD": PASSWORD, "MECHANISM": "PLAIN", "TIMEOUT": "5"}
    given |= change(server, tmp_path)
    environment = {
        "DUBAN_ELASTIC_URL": "http://127.0.0.1:1",
        "DUBAN_BLOBS_URL": str(tmp_path / "originals"),
        **{f"DUBAN_KAFKA_{key}": value for key, value in given.items()},
    }
    data = () if name == "topics" else ("--data", str(tmp_path / "data"))

    done = subprocess.run(
        [str(Path(sys.executable).with_name("duban")), *COMMANDS[name], *data],
        env=kept | environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip

    said = done.stdout + done.stderr
    assert WRONG not in said
    assert PASSWORD not in said.replace(str(tmp_path), "")
    if name == "doctor":
        assert done.returncode == 1
        (line,) = [one for one in done.stdout.splitlines() if one.startswith("须改 WRONG  kafka")]
    else:
        assert done.returncode == 2
        line, english = done.stderr.splitlines()
        assert english.startswith("Error: ")
    assert SAID[change] in line
