"""Settings of servers come from the environment and a file, and a password is never shown."""

from __future__ import annotations

import gc
import logging
import warnings
from pathlib import Path

import msgspec
import pytest

from duban.config_source import kafka_settings
from duban.errors import UsageError
from duban.secret import Secret

WHERE = {"DUBAN_KAFKA_ADDRESS": "kafka-1:9092, kafka-2:9093"}


def test_several_addresses_are_separated_by_commas() -> None:
    assert kafka_settings(environment=WHERE).addresses == ("kafka-1:9092", "kafka-2:9093")


def test_the_command_line_stands_above_the_environment() -> None:
    assert kafka_settings("other:1", environment=WHERE).addresses == ("other:1",)


def test_the_environment_stands_above_the_file(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("kafka: {address: 'file:1', partitions: 4, tls: true, prefix: test-}\n")
    environment = {"DUBAN_SETTINGS": str(file), "DUBAN_KAFKA_PARTITIONS": "6"}

    found = kafka_settings(environment=environment)

    assert (found.addresses, found.partitions, found.tls, found.prefix) == (
        ("file:1",),
        6,
        True,
        "test-",
    )


def test_a_password_may_lie_in_a_file_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text("geheim\n")
    environment = WHERE | {"DUBAN_KAFKA_USER": "u", "DUBAN_KAFKA_PASSWORD_FILE": str(file)}

    found = kafka_settings(environment=environment).password

    assert found is not None
    assert "".join(found) == "geheim"


def test_a_password_is_never_shown(caplog: pytest.LogCaptureFixture) -> None:
    environment = WHERE | {"DUBAN_KAFKA_USER": "u", "DUBAN_KAFKA_PASSWORD": "geheim"}
    found = kafka_settings(environment=environment)
    caplog.set_level(logging.DEBUG, logger="kafka")

    logging.getLogger("kafka").debug("config: %s", {"password": found.password})
    logging.getLogger("kafka").debug("config: %s %r", found, found.password)

    assert caplog.text.count("***") == 3
    shown = f"{found} {found!r} {found.password} {found.password:>10} {[found.password]}"
    assert "geheim" not in shown + caplog.text
    assert found.password is not None
    assert found.password.encode() == b"geheim"


def test_clients_are_given_the_password_itself_and_log_only_stars(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pytest.importorskip("kafka")
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

    from duban.adapters.kafka.connection import options

    environment = {"DUBAN_KAFKA_USER": "u", "DUBAN_KAFKA_PASSWORD": "geheim"}
    settings = kafka_settings("127.0.0.1:1", environment=environment)
    for name in ("kafka", "kafka.admin.client"):  # commands run in this process quieten them
        caplog.set_level(logging.DEBUG, logger=name)

    with pytest.raises(KafkaError):
        KafkaAdminClient(**{**options(settings), "bootstrap_timeout_ms": 50})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a client that finds nobody leaves its sockets behind
        gc.collect()

    assert "sasl_plain_password" in caplog.text  # the client does log its configuration
    assert "geheim" not in caplog.text
    assert isinstance(options(settings)["sasl_plain_password"], Secret)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("ADDRESS", "kafka", "主机:端口"),
        ("ADDRESS", "kafka:99999", "主机:端口"),
        ("ADDRESS", "http://kafka:9092", "主机:端口"),
        ("PARTITIONS", "0", "1 以上的整数"),
        ("PARTITIONS", "十二", "1 以上的整数"),
        ("TLS", "maybe", "true 或 false"),
        ("MECHANISM", "GSSAPI", "SCRAM-SHA-512"),
        ("CA_FILE", "/nowhere", "/nowhere 不存在"),
        ("USER", "u", "用户名和密码"),
    ],
)
def test_a_wrong_setting_is_told_by_its_name(name: str, value: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as wrong:
        kafka_settings(environment=WHERE | {f"DUBAN_KAFKA_{name}": value})

    assert wrong.value.english


def test_a_key_without_its_certificate_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_text("")
    environment = WHERE | {"DUBAN_KAFKA_TLS": "true", "DUBAN_KAFKA_KEY_FILE": str(file)}

    with pytest.raises(UsageError, match="DUBAN_KAFKA_CERT_FILE"):
        kafka_settings(environment=environment)


def test_without_an_address_the_way_to_give_one_is_told() -> None:
    with pytest.raises(UsageError, match="DUBAN_KAFKA_ADDRESS"):
        kafka_settings(environment={})


@pytest.mark.parametrize("text", ["kafka: [1]", "- 1", "kafka: {"])
def test_a_wrong_settings_file_is_told_by_its_path(tmp_path: Path, text: str) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(text)

    with pytest.raises(UsageError, match=r"settings\.yaml"):
        kafka_settings(environment={"DUBAN_SETTINGS": str(file)})


def test_a_settings_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无法读取"):
        kafka_settings(environment={"DUBAN_SETTINGS": str(tmp_path / "none.yaml")})


def test_secrets_are_not_part_of_what_is_written_down() -> None:
    found = kafka_settings(
        environment=WHERE | {"DUBAN_KAFKA_USER": "u", "DUBAN_KAFKA_PASSWORD": "geheim"}
    )
    with pytest.raises(TypeError):
        msgspec.json.encode(found)
