"""What an encrypted connection to Kafka is made with, and what is wrong where there is none."""

from __future__ import annotations

import socket
import ssl

from duban.config import KafkaSettings
from duban.errors import StorageError, UsageError


def context_of(settings: KafkaSettings) -> ssl.SSLContext | None:
    """What the settings trust and show; None without encryption.

    Raises UsageError for files that cannot be used.
    """
    if not settings.tls:
        return None
    secret = settings.key_password
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
        if settings.cert_file is not None:
            # Without any password the library would ask whoever sits before it.
            password = secret.in_clear() if secret else ""
            context.load_cert_chain(settings.cert_file, settings.key_file, password)
    except (OSError, ValueError) as error:
        raise UsageError(
            f"Kafka 的证书文件无法使用（{error}）：请检查 DUBAN_KAFKA_CA_FILE、_CERT_FILE、"
            "_KEY_FILE 和 _KEY_PASSWORD。",
            f"The certificate files for Kafka cannot be used ({error}): please check "
            "DUBAN_KAFKA_CA_FILE, _CERT_FILE, _KEY_FILE and _KEY_PASSWORD.",
        ) from error
    return context


def refuse_a_stranger(
    context: ssl.SSLContext, address: str, connected: socket.socket, host: str
) -> None:
    """StorageError where no encrypted connection can be had over one that is open."""
    try:
        with context.wrap_socket(connected, server_hostname=host):
            pass
    except ssl.SSLCertVerificationError as error:
        why = error.verify_message
        raise StorageError(
            f"Kafka（{address}）的证书不可信（{why}）：请检查 DUBAN_KAFKA_CA_FILE，"
            "以及地址是否就是证书上的名称。",
            f"The certificate of Kafka at {address} is not trusted ({why}): please check "
            "DUBAN_KAFKA_CA_FILE, and whether the address is the name on the certificate.",
        ) from error
    except OSError as error:
        raise StorageError(
            f"{address} 不接受加密连接：请检查地址（DUBAN_KAFKA_ADDRESS）是否为加密的端口，"
            "否则去掉 DUBAN_KAFKA_TLS。",
            f"{address} takes no encrypted connection: please check whether the address "
            "(DUBAN_KAFKA_ADDRESS) is that of an encrypted port, or remove DUBAN_KAFKA_TLS.",
        ) from error
