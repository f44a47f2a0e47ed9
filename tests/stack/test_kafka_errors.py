"""What goes wrong with Kafka is told in one sentence, in time, and nothing is lost by it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

pytest.importorskip("kafka")

from kafka import KafkaProducer, errors
from kafka.producer.sender import Sender
from tests.stack.fetch import Programs
from tests.stack.kafka_server import PASSWORD, USER, KafkaServer
from tests.stack.kafka_topics import made_topics

from duban.adapters.kafka import admin
from duban.adapters.kafka.connection import refuse_an_old_server
from duban.adapters.kafka.failure import failure
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.publisher import end
from duban.adapters.kafka.topics import stream
from duban.cli import group
from duban.config import KafkaSettings
from duban.errors import StorageError
from duban.secret import Secret
from duban.testing.events import checked, registered

# A client of kafka-python that finds nobody leaves its sockets to the collector, whenever that is.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.usefixtures("collected"),
]


@pytest.fixture(scope="module")
def server(programs: Programs) -> Iterator[KafkaServer]:
    """A broker that can be stopped."""
    with KafkaServer(programs) as started:
        yield started


def at(*addresses: str) -> KafkaSettings:
    return KafkaSettings(addresses=addresses, timeout_s=2.0)


def refused(settings: KafkaSettings) -> StorageError:
    """What every use of the settings answers, each in time."""
    log = KafkaEventLog(settings)
    uses: list[Callable[[], object]] = [
        lambda: admin.check(settings),
        lambda: log.append([registered("a")]),
        lambda: log.read("facts"),
    ]
    said = []
    for use in uses:
        begun = time.monotonic()
        with pytest.raises(StorageError) as told:
            use()
        assert time.monotonic() - begun < 4 * settings.timeout_s
        said.append(told.value)
    log.close()
    assert len({str(one) for one in said}) == 1
    assert "\n" not in str(said[0]) + said[0].english
    assert said[0].english
    return said[0]


def test_an_address_where_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]

    told = refused(at(f"127.0.0.1:{port}"))

    assert f"127.0.0.1:{port} 连接不上" in str(told)
    assert "DUBAN_KAFKA_ADDRESS" in str(told)


def test_a_host_that_is_not_known() -> None:
    assert "nowhere.invalid:9092 的主机名无法解析" in str(refused(at("nowhere.invalid:9092")))


def test_a_server_that_takes_connections_and_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        told = refused(at(f"127.0.0.1:{silent.getsockname()[1]}"))

    assert "在 2 秒内没有应答" in str(told)


def test_one_of_several_addresses_is_enough(server: KafkaServer, prefix: str) -> None:
    with (
        made_topics(server.address, prefix) as settings,
        KafkaEventLog(replace(settings, addresses=("127.0.0.1:1", server.address))) as log,
    ):
        log.append([registered("a")])
        assert len(log.read("facts")) == 1


def test_the_right_password_is_let_in(server: KafkaServer, prefix: str) -> None:
    with made_topics(server.address, prefix) as settings:
        known = login(settings, server, PASSWORD)
        with KafkaEventLog(known) as log:
            log.append([registered("a")])
            assert len(log.read("facts")) == 1


def test_a_wrong_password_is_told_and_not_shown(server: KafkaServer) -> None:
    told = refused(login(at(server.address), server, "falsch"))

    assert f"不接受用户 {USER} 的登录" in str(told)
    assert "falsch" not in str(told) + told.english


def test_a_server_that_asks_for_a_login_and_is_given_none(server: KafkaServer) -> None:
    assert "登录设置" in str(refused(at(server.login_address)))


def test_a_server_without_encryption_where_it_is_asked_for(server: KafkaServer) -> None:
    assert "DUBAN_KAFKA_TLS" in str(refused(replace(at(server.address), tls=True)))


def test_a_server_that_is_too_old() -> None:
    with pytest.raises(StorageError, match=r"版本是 2\.8，太旧") as told:
        refuse_an_old_server(at("k:1"), (2, 8))

    assert told.value.english
    refuse_an_old_server(at("k:1"), (4, 1))


def test_a_broker_that_is_away_loses_nothing_and_is_found_again(
    server: KafkaServer, prefix: str
) -> None:
    with made_topics(server.address, prefix) as made:
        settings = replace(made, timeout_s=2.0)
        with KafkaEventLog(settings) as log:
            log.append([checked("a", minute=0)])
            assert len(log.read("facts")) == 1
            server.kill()
            begun = time.monotonic()
            with pytest.raises(StorageError):
                log.append([checked("a", minute=1)])
            assert time.monotonic() - begun < 20
            server.start()
            log.append([checked("a", minute=1)])

            found = [one.event for one in log.read("facts")]

    minutes = list(dict.fromkeys(event.at.minute for event in found))
    assert minutes == [0, 1]


def test_a_producer_that_still_holds_something_ends_with_its_thread(
    server: KafkaServer, prefix: str
) -> None:
    before = sending()
    with made_topics(server.address, prefix) as settings:
        producer = KafkaProducer(bootstrap_servers=[server.address], linger_ms=60_000)
        producer.send(stream(settings, "facts"), b"waits")
        assert len(sending() - before) == 1

        end(producer, 0.0)

        until = time.monotonic() + 10
        while sending() - before:  # each that is left would go on trying for ever
            assert time.monotonic() < until
            time.sleep(0.1)


@pytest.mark.parametrize(
    "error",
    [
        errors.TopicAuthorizationFailedError(),
        errors.MessageSizeTooLargeError(),
        errors.OffsetOutOfRangeError(),
        errors.UnsupportedVersionError(),
        errors.UnknownError(),
    ],
)
def test_every_other_fault_is_one_sentence_in_both_languages(error: errors.KafkaError) -> None:
    told = failure(at("k:1"), "duban-facts", error)

    assert "duban-facts" in str(told) or "服务器太旧" in str(told)
    assert told.english.endswith(".")


def test_the_command_says_it_in_one_line_and_nothing_else() -> None:
    done = CliRunner().invoke(group, ["topics", "check", "--kafka", "127.0.0.1:1"])

    assert isinstance(done.exception, StorageError)
    assert done.output == ""


def sending() -> set[threading.Thread]:
    """The threads that write to Kafka now."""
    return {one for one in threading.enumerate() if isinstance(one, Sender)}


def login(settings: KafkaSettings, server: KafkaServer, password: str) -> KafkaSettings:
    return replace(
        settings,
        addresses=(server.login_address,),
        user=USER,
        password=Secret(password),
        mechanism="PLAIN",
    )
