"""Every setting of the servers, declared: its name, what it holds, and what it means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from duban.config import BlobSettings, ElasticSettings, KafkaSettings, KibanaSettings

Kind = Literal["text", "addresses", "url", "urls", "number", "seconds", "switch", "file", "secret"]
FILE_OF_A_SECRET = "_file"  # noqa: S105 - the end of a name, no password


class Setting(msgspec.Struct, frozen=True):
    """One setting; a secret may also be given as a file that holds it."""

    name: str
    kind: Kind
    zh: str
    en: str


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """The settings of one server, and the values that hold where nothing is said."""

    server: str
    title: str
    of: type[msgspec.Struct]
    settings: tuple[Setting, ...]

    def variable(self, name: str) -> str:
        """The variable of the environment that holds a setting."""
        return f"DUBAN_{self.server}_{name}".upper()

    def default(self, setting: Setting) -> str:
        """What holds where nothing is said, as it would be written; empty for nothing."""
        for field in msgspec.structs.fields(self.of):
            if field.name in (setting.name, f"{setting.name}_s"):
                value = field.default
                if value in (None, msgspec.NODEFAULT):
                    return ""
                return str(value).lower() if isinstance(value, bool) else _plain(value)
        return ""


_CA = "核对服务器证书的 CA 文件；不给则用系统的"
_CA_EN = "CA file that the server's certificate is checked against; the system's without it"

KAFKA = Section(
    server="kafka",
    title="Kafka",
    of=KafkaSettings,
    settings=(
        Setting("address", "addresses", "主机:端口，可有几个", "host:port, several by commas"),
        Setting("prefix", "text", "主题、消费组名称的前缀", "prefix of topics and groups"),
        Setting("partitions", "number", "分区数，建好后不能改", "partitions; never changes"),
        Setting("replication", "number", "每个主题的副本数", "copies of each topic"),
        Setting("tls", "switch", "连接是否加密", "whether the connection is encrypted"),
        Setting("ca_file", "file", _CA, _CA_EN),
        Setting("cert_file", "file", "本程序的证书", "our own certificate"),
        Setting("key_file", "file", "本程序证书的私钥", "the key of our certificate"),
        Setting("key_password", "secret", "私钥的密码", "the password of that key"),
        Setting("user", "text", "登录的用户名", "user to log in as"),
        Setting("password", "secret", "登录的密码", "the user's password"),
        Setting(
            "mechanism",
            "text",
            "登录方式：PLAIN、SCRAM-SHA-256、SCRAM-SHA-512",
            "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512",
        ),
        Setting("timeout", "seconds", "等待回答的秒数", "seconds an answer is waited for"),
    ),
)
ELASTIC = Section(
    server="elastic",
    title="Elasticsearch",
    of=ElasticSettings,
    settings=(
        Setting(
            "url",
            "urls",
            "如 https://elastic:9200，几台以逗号隔开",
            "such as https://elastic:9200, several by commas",
        ),
        Setting("api_key", "secret", "API 密钥（编码后的一串）", "API key, as it is encoded"),
        Setting("user", "text", "没有 API 密钥时的用户名", "user, where there is no API key"),
        Setting("password", "secret", "该用户的密码", "the user's password"),
        Setting("ca_file", "file", _CA, _CA_EN),
        Setting("prefix", "text", "索引名称的前缀", "prefix of the indices"),
        Setting("shards", "number", "新建索引的分片数", "shards of a new index"),
        Setting("timeout", "seconds", "等待回答的秒数", "seconds an answer is waited for"),
        Setting(
            "refresh",
            "seconds",
            "收入的内容最迟多少秒后可见",
            "seconds at most before what was taken in is seen",
        ),
    ),
)
KIBANA = Section(
    server="kibana",
    title="Kibana",
    of=KibanaSettings,
    settings=(
        Setting("url", "url", "如 https://kibana:5601", "such as https://kibana:5601"),
        Setting("api_key", "secret", "API 密钥（编码后的一串）", "API key, as Kibana encodes it"),
        Setting("user", "text", "没有 API 密钥时的用户名", "user, where there is no API key"),
        Setting("password", "secret", "该用户的密码", "the user's password"),
        Setting("ca_file", "file", _CA, _CA_EN),
        Setting("space", "text", "放进哪个工作区", "the space the dashboards go into"),
        Setting("timeout", "seconds", "等待回答的秒数", "seconds an answer is waited for"),
    ),
)
BLOBS = Section(
    server="blobs",
    title="原文 / originals",
    of=BlobSettings,
    settings=(
        Setting(
            "url",
            "text",
            "目录，或 s3://桶/前缀 等 fsspec 认得的地址；不给则在数据目录的 blobs 下",
            "a folder, or s3://bucket/prefix and the like; blobs in the data folder without it",
        ),
        Setting("endpoint", "url", "S3 兼容服务的地址", "address of what speaks like S3"),
        Setting("access_key", "text", "S3 的访问密钥编号", "id of the S3 access key"),
        Setting("secret_key", "secret", "S3 的访问密钥", "the S3 secret key"),
        Setting(
            "options",
            "secret",
            "其他文件系统的参数，一个 JSON 对象",
            "options of other filesystems, one JSON object",
        ),
    ),
)
SECTIONS: tuple[Section, ...] = (KAFKA, ELASTIC, KIBANA, BLOBS)


def variables() -> Iterator[str]:
    """Every variable of the environment that is looked at for the servers."""
    for section in SECTIONS:
        for name in names_in_file(section.server):
            yield section.variable(name)


def names_in_file(server: str) -> Sequence[str]:
    """The names that the settings file may hold for a server; none where it is not declared."""
    found: list[str] = []
    for section in SECTIONS:
        if section.server == server:
            for one in section.settings:
                found.append(one.name)
                if one.kind == "secret":
                    found.append(one.name + FILE_OF_A_SECRET)
    return found


def title_of(server: str) -> str:
    """What a server is called, by the name of its settings."""
    return next((one.title for one in SECTIONS if one.server == server), server)


def _plain(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
