"""Certificates that do not fit are told by name, before any client tries in silence."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from duban.config import KafkaSettings
from duban.errors import DubanError, StorageError, UsageError
from duban.secret import Secret

pytest.importorskip("kafka")

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
)
from tests.stack.certificate import certified

from duban.adapters.kafka.connection import options, reach
from duban.adapters.kafka.encryption import context_of
from duban.cli import group


@contextlib.contextmanager
def listening(certificate: Path | None) -> Iterator[str]:
    """A server that greets, encrypted where it has a certificate, and says no more."""
    context = None
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet() -> None:
            with contextlib.suppress(OSError):
                while True:
                    came, _ = server.accept()
                    with contextlib.suppress(OSError), came:
                        if context is None:
                            came.recv(100)
                            came.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                        else:
                            context.wrap_socket(came, server_side=True).close()

        thread = threading.Thread(target=greet)
        thread.start()
        try:
            yield f"127.0.0.1:{server.getsockname()[1]}"
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def at(address: str, ca_file: Path | None) -> KafkaSettings:
    return KafkaSettings(addresses=(address,), tls=True, ca_file=ca_file, timeout_s=2.0)


def folder(parent: Path, name: str) -> Path:
    made = parent / name
    made.mkdir()
    return made


def told(settings: KafkaSettings, kind: type[DubanError]) -> str:
    with pytest.raises(kind) as raised:
        reach(settings)
    assert raised.value.english.endswith(".")
    assert "\n" not in f"{raised.value}{raised.value.english}"
    return str(raised.value)


def test_a_certificate_of_an_authority_that_is_not_trusted_is_told_with_what_mends_it(
    tmp_path: Path,
) -> None:
    _, certificate = certified(folder(tmp_path, "theirs"))
    other, _ = certified(folder(tmp_path, "ours"))
    with listening(certificate) as address:
        said = told(at(address, other), StorageError)
        unset = told(at(address, None), StorageError)

    for one in (said, unset):
        assert f"{address}）的证书不可信" in one
        assert "DUBAN_KAFKA_CA_FILE" in one


def test_a_server_that_does_not_encrypt_is_told() -> None:
    with listening(None) as address:
        assert f"{address} 不接受加密连接" in told(at(address, None), StorageError)


@pytest.mark.parametrize("of", ["ca_file", "cert_file"])
def test_a_file_that_holds_no_certificate_is_wrong_use(tmp_path: Path, of: str) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("keines\n")
    settings = replace(at("127.0.0.1:1", None), **{of: garbage})

    assert "DUBAN_KAFKA_CA_FILE" in told(settings, UsageError)


def test_a_key_that_a_password_opens_is_not_asked_for_at_the_keyboard(tmp_path: Path) -> None:
    _, certificate = certified(tmp_path)
    chain = certificate.read_bytes().partition(b"-----BEGIN CERT")
    locked = rsa.generate_private_key(65537, 2048).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"offen")
    )
    file = tmp_path / "client.pem"
    file.write_bytes(locked + chain[1] + chain[2])
    settings = replace(at("127.0.0.1:1", None), cert_file=file)

    assert "_KEY_PASSWORD" in told(settings, UsageError)
    said = told(replace(settings, key_password=Secret("falsch")), UsageError)
    assert "falsch" not in said


def test_clients_are_given_the_same_trust(tmp_path: Path) -> None:
    ca_file, _ = certified(tmp_path)

    assert isinstance(options(at("k:1", ca_file))["ssl_context"], ssl.SSLContext)
    assert context_of(KafkaSettings(addresses=("k:1",))) is None


def test_a_command_ends_with_a_sentence_where_the_file_is_no_certificate(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("keines\n")
    monkeypatch.setenv("DUBAN_KAFKA_TLS", "true")
    monkeypatch.setenv("DUBAN_KAFKA_CA_FILE", str(garbage))

    done = CliRunner().invoke(group, ["topics", "check", "--kafka", "127.0.0.1:1"])

    assert isinstance(done.exception, UsageError)
    assert done.output == ""
