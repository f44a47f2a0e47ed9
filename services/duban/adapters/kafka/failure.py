"""What goes wrong with Kafka, each in one sentence on what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kafka import errors

from duban.config import KafkaSettings
from duban.errors import StorageError


def where(settings: KafkaSettings) -> str:
    """The addresses, as they are told."""
    return ", ".join(settings.addresses)


@contextmanager
def told(settings: KafkaSettings, topic: str = "") -> Iterator[None]:
    """Turn the client's errors into StorageError with one sentence on what to do."""
    try:
        yield
    except errors.KafkaError as error:
        raise failure(settings, topic, error) from error


def failure(settings: KafkaSettings, topic: str, error: errors.KafkaError) -> StorageError:
    """An error of the client in words."""
    at = where(settings)
    match error:
        case errors.SaslAuthenticationFailedError() | errors.UnsupportedSaslMechanismError():
            return StorageError(
                f"Kafka（{at}）不接受用户 {settings.user} 的登录：请检查 DUBAN_KAFKA_USER、"
                "DUBAN_KAFKA_PASSWORD 和 DUBAN_KAFKA_MECHANISM。",
                f"Kafka at {at} refuses the login of {settings.user}: please check "
                "DUBAN_KAFKA_USER, DUBAN_KAFKA_PASSWORD and DUBAN_KAFKA_MECHANISM.",
            )
        case errors.AuthorizationError():
            return StorageError(
                f"Kafka（{at}）上，用户 {settings.user} 无权使用 {topic or '所需的主题'}："
                "请管理员授权。",
                f"On Kafka at {at} the user {settings.user} may not use "
                f"{topic or 'the topics'}: please have it allowed.",
            )
        case errors.UnknownTopicOrPartitionError():
            return missing_topic(settings, topic)
        case errors.OffsetOutOfRangeError():
            return StorageError(
                f"Kafka（{at}）的主题 {topic} 中，早先的事件已不在：请运行 duban topics check。",
                f"On Kafka at {at} earlier events of the topic {topic} are gone: "
                "please run duban topics check.",
            )
        case errors.IncompatibleBrokerVersion() | errors.UnsupportedVersionError():
            return StorageError(
                f"{at} 上的服务器太旧或不是 Kafka：需要 Kafka 3.0 或更新版本。",
                f"The server at {at} is too old or is not Kafka: Kafka 3.0 or newer is needed.",
            )
        case errors.MessageSizeTooLargeError() | errors.RecordListTooLargeError():
            return StorageError(
                f"主题 {topic} 容不下这样大的事件：请运行 duban topics apply 后再试。",
                f"The topic {topic} refuses an event of this size: please run "
                "duban topics apply and try again.",
            )
        case errors.InvalidReplicationFactorError():
            return StorageError(
                f"Kafka（{at}）的服务器不够 {settings.replication} 份副本：请减小 "
                "DUBAN_KAFKA_REPLICATION，或增加服务器。",
                f"Kafka at {at} has too few servers for {settings.replication} copies: please "
                "lower DUBAN_KAFKA_REPLICATION or add servers.",
            )
        case (
            errors.KafkaTimeoutError()
            | errors.RequestTimedOutError()
            | errors.KafkaConnectionError()
            | errors.NodeNotReadyError()
        ):
            return StorageError(
                f"Kafka（{at}）在 {settings.timeout_s:g} 秒内没有应答：请检查它是否正常、"
                "地址是否对应 Kafka，以及 DUBAN_KAFKA_TLS 和登录设置是否与它一致。",
                f"Kafka at {at} did not answer within {settings.timeout_s:g} s: please check "
                "whether it runs well, whether the address is Kafka's, and whether "
                "DUBAN_KAFKA_TLS and the login fit it.",
            )
        case _:
            return StorageError(
                f"Kafka（{at}）{f'的主题 {topic} ' if topic else ''}无法使用"
                f"（{type(error).__name__}）：请查看 Kafka 的日志。",
                f"Kafka at {at} cannot be used{f' (topic {topic})' if topic else ''} "
                f"({type(error).__name__}): please look at the logs of Kafka.",
            )


def missing_topic(settings: KafkaSettings, topic: str) -> StorageError:
    """A topic is not there."""
    return StorageError(
        f"Kafka（{where(settings)}）上没有主题 {topic}：请先运行 duban topics apply。",
        f"There is no topic {topic} on Kafka at {where(settings)}: "
        "please run duban topics apply first.",
    )
