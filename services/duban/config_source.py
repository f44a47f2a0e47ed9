"""Where settings come from: the environment, and below it a file; each fault a clear sentence."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from duban.config import KafkaSettings
from duban.config_list import names_in_file, title_of
from duban.errors import UsageError
from duban.secret import Secret

FILE = "DUBAN_SETTINGS"
_YES = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
_MECHANISMS = ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512")


def kafka_settings(
    address: str | None = None, environment: Mapping[str, str] | None = None
) -> KafkaSettings:
    """The settings for Kafka; `address` (of the command line) stands above all.

    Raises UsageError for what is missing or wrong.
    """
    given = Source("kafka", os.environ if environment is None else environment)
    text = address or given.text("address")
    if not text:
        raise UsageError(
            "没有 Kafka 的地址：请用 --kafka 或环境变量 DUBAN_KAFKA_ADDRESS 给出，"
            "如 127.0.0.1:9092。",
            "No address of Kafka: please give --kafka or DUBAN_KAFKA_ADDRESS, "
            "such as 127.0.0.1:9092.",
        )
    settings = KafkaSettings(
        addresses=tuple(_address(one) for one in text.split(",")),
        prefix=given.text("prefix", "duban-") or "",
        partitions=given.number("partitions", 12),
        replication=given.number("replication", 1),
        tls=given.switch("tls"),
        ca_file=given.path("ca_file"),
        cert_file=given.path("cert_file"),
        key_file=given.path("key_file"),
        key_password=given.secret("key_password"),
        user=given.text("user"),
        password=given.secret("password"),
        mechanism=given.choice("mechanism", _MECHANISMS, "SCRAM-SHA-512"),
        timeout_s=given.seconds("timeout", 10.0),
    )
    given.refuse_half_a_login(settings.user, settings.password)
    if not settings.tls and (settings.ca_file or settings.cert_file or settings.key_file):
        raise UsageError(
            "给出了 Kafka 的证书文件，却没有要求加密：请设 DUBAN_KAFKA_TLS=true，或去掉证书设置。",
            "Certificate files for Kafka are set, but no encryption: please set "
            "DUBAN_KAFKA_TLS=true, or remove them.",
        )
    if settings.key_file is not None and settings.cert_file is None:
        raise UsageError(
            "给出了 Kafka 的私钥（DUBAN_KAFKA_KEY_FILE），却没有证书：请一并给出 "
            "DUBAN_KAFKA_CERT_FILE，或去掉私钥。",
            "A key for Kafka is set (DUBAN_KAFKA_KEY_FILE) without its certificate: please set "
            "DUBAN_KAFKA_CERT_FILE too, or remove the key.",
        )
    return settings


class Source:
    """The settings of one server: `DUBAN_<SERVER>_<NAME>` in the environment, else the file.

    `DUBAN_SETTINGS` names the file, YAML with a mapping per server. A secret may also lie in a
    file of its own, `DUBAN_<SERVER>_<NAME>_FILE`.
    """

    def __init__(self, server: str, environment: Mapping[str, str]) -> None:
        self._server = server
        self._environment = environment
        self._file = _section(environment.get(FILE), server)
        known = names_in_file(server)
        for name in self._file:
            if known and name not in known:
                raise UsageError(
                    f"设置文件 {environment[FILE]} 的 {server} 中没有 {name} 这一项，可用的有："
                    f"{'、'.join(known)}。",
                    f"In the settings file {environment[FILE]}, {server} has no setting {name}; "
                    f"known are: {', '.join(known)}.",
                )

    def text(self, name: str, default: str | None = None) -> str | None:
        """The value as it was written, or the default."""
        found = self._environment.get(self.variable(name))
        if found is None and self._file.get(name) is not None:
            found = str(self._file[name])
        return default if found is None else found.strip()

    def number(self, name: str, default: int) -> int:
        """A whole number from 1."""
        text = self.text(name)
        if text is None:
            return default
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            raise self._wrong(name, "应为 1 以上的整数", "must be a whole number from 1")
        return int(text)

    def seconds(self, name: str, default: float) -> float:
        """A time above 0, at most an hour."""
        text = self.text(name)
        if text is None:
            return default
        try:
            found = float(text)
        except ValueError:
            found = 0.0
        if not 0 < found <= 3600:
            raise self._wrong(name, "应为秒数，如 10", "must be a number of seconds, such as 10")
        return found

    def url(self, name: str) -> str:
        """The address of a server that speaks HTTP, without a slash at its end.

        A password in it would be shown wherever the address is told, so it is refused.
        """
        return self._url(name, self.text(name) or "")

    def urls(self, name: str) -> tuple[str, ...]:
        """The same of one server or of several, separated by commas: all encrypted, or none."""
        texts = (self.text(name) or "").split(",")
        found = tuple(dict.fromkeys(self._url(name, one.strip()) for one in texts))
        if len({urlsplit(one).scheme for one in found}) > 1:
            raise self._wrong(
                name,
                "几个地址应同为 https，或同为 http",
                "must be several of https, or several of http, not of both",
            )
        return found

    def _url(self, name: str, given: str) -> str:
        text = given.rstrip("/")
        if not text:
            raise UsageError(
                f"没有 {title_of(self._server)} 的地址：请用环境变量 {self.variable(name)} 给出，"
                "如 https://服务器:端口。",
                f"No address of {title_of(self._server)}: please give {self.variable(name)}, "
                "such as https://host:port.",
            )
        try:
            parts = urlsplit(text)
            is_one = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        except ValueError:
            is_one = False
        if not is_one or parts.query or parts.fragment:
            raise self._wrong(name, "应如 https://服务器:端口", "must be like https://host:port")
        if parts.username or parts.password:
            raise self._wrong(
                name,
                "不能含用户名和密码，请另行设置",
                "must hold no user and password: please set them apart",
            )
        return text

    def refuse_half_a_login(self, user: str | None, password: Secret | None) -> None:
        """UsageError where only one of user and password is given."""
        if (user is None) != (password is None):
            both = self.variable("user"), self.variable("password")
            raise UsageError(
                f"用户名和密码必须同时给出（{'、'.join(both)}）。",
                f"User and password are needed together ({', '.join(both)}).",
            )

    def switch(self, name: str) -> bool:
        """True or false; false where nothing was said."""
        text = (self.text(name) or "false").lower()
        if text not in _YES:
            raise self._wrong(name, "应为 true 或 false", "must be true or false")
        return _YES[text]

    def choice(self, name: str, of: tuple[str, ...], default: str) -> str:
        """One of several words."""
        text = self.text(name, default) or default
        if text not in of:
            raise self._wrong(name, f"应为 {'、'.join(of)} 之一", f"must be one of {', '.join(of)}")
        return text

    def path(self, name: str) -> Path | None:
        """A file that must be there."""
        text = self.text(name)
        if not text:
            return None
        if not Path(text).is_file():
            raise self._wrong(name, f"所指的文件 {text} 不存在", f"names no file: {text}")
        return Path(text)

    def secret(self, name: str, *, is_header: bool = False, lines: bool = False) -> Secret | None:
        """A password, given itself or as a file that holds it; one line, unless `lines`.

        What goes into a header as it is may hold ASCII alone. Libraries that are given anything
        else tell of it with the secret itself.
        """
        text = self.text(name)
        if text is None and (file := self.path(f"{name}_file")) is not None:
            try:
                text = file.read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                raise self._wrong(
                    f"{name}_file", f"所指的文件 {file} 无法读取", f"cannot be read: {file}"
                ) from error
        if not text:
            return None
        if not lines and any(unicodedata.category(one) == "Cc" for one in text):
            raise self._wrong(
                name,
                "应为一行，不能含控制字符（内容不予显示）",
                "must be one line without control characters (it is not shown)",
            )
        if is_header and not text.isascii():
            raise self._wrong(
                name,
                "只能含 ASCII 字符（内容不予显示）",
                "must be of ASCII characters (it is not shown)",
            )
        return Secret(text)

    def variable(self, name: str) -> str:
        """The variable of the environment that holds a setting."""
        return f"DUBAN_{self._server}_{name}".upper()

    def _wrong(self, name: str, zh: str, en: str) -> UsageError:
        variable = self.variable(name)
        return UsageError(f"设置 {variable} 不对：{zh}。", f"The setting {variable} {en}.")


def _section(file: str | None, server: str) -> Mapping[str, object]:
    if not file:
        return {}
    try:
        found = yaml.load(Path(file).read_bytes(), Loader=yaml.CSafeLoader) or {}
    except OSError as error:
        raise UsageError(
            f"设置文件 {file} 无法读取（{error.strerror}）：请检查 {FILE}。",
            f"The settings file {file} cannot be read ({error.strerror}): please check {FILE}.",
        ) from error
    except yaml.YAMLError as error:
        raise UsageError(
            f"设置文件 {file} 不是正确的 YAML。", f"The settings file {file} is no valid YAML."
        ) from error
    section = found.get(server, {}) if isinstance(found, dict) else None
    if not isinstance(section, dict):
        raise UsageError(
            f"设置文件 {file} 中的 {server} 应为若干“名称: 值”。",
            f"In the settings file {file}, {server} must be a mapping.",
        )
    return section


def _address(text: str) -> str:
    host, colon, port = text.strip().rpartition(":")
    if "://" in text or not (
        colon and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536
    ):
        raise UsageError(
            f"Kafka 的地址 {text.strip()!r} 不对：应为 主机:端口，如 127.0.0.1:9092。",
            f"The address of Kafka {text.strip()!r} must be host:port, such as 127.0.0.1:9092.",
        )
    return text.strip()
