"""Settings of a running machine; the command line fills them from options and environment."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec

from duban.secret import Secret

LOOPBACK = ("127.0.0.1", "localhost", "::1")
#: What `duban serve` does at the edge of the distributed profile, each part a process if wanted.
PARTS = ("crawler", "pages", "notifier")
PARTS_ZH = {"crawler": "采集", "pages": "页面", "notifier": "提醒"}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`delay_s` lies between two requests to one host, `interval_s` between two rounds.

    `names` are the host names the pages answer to beside loopback's. `readers` processes read
    posted files side by side. `accept_clock` believes a clock far ahead of the last record.
    `alerts` is the file that says who is told of what; without it nobody is.
    `scrapers` are the networks that may ask for the figures of the program, beside this machine.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    names: tuple[str, ...] = ()
    rules: Path | None = None
    interval_s: float = 3600.0
    delay_s: float = 1.0
    allow_loopback: bool = False
    accept_clock: bool = False
    contact: str | None = None
    readers: int = 2
    alerts: Path | None = None
    scrapers: tuple[IPv4Network | IPv6Network, ...] = ()


class KafkaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How Kafka is reached, and what its topics are called and how many partitions they have.

    `partitions` never changes after the topics were made. With `tls` the connection is encrypted
    and the server's certificate checked (against `ca_file`, or the system's); `cert_file` and
    `key_file` are our own, `key_password` opens the latter. `user` and `password` log in by
    `mechanism`. `timeout_s` is how long an answer is waited for.
    """

    addresses: tuple[str, ...]
    prefix: str = "duban-"
    partitions: int = 12
    replication: int = 1
    tls: bool = False
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None
    key_password: Secret | None = None
    user: str | None = None
    password: Secret | None = None
    mechanism: str = "SCRAM-SHA-512"
    timeout_s: float = 10.0


class ElasticSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How Elasticsearch is reached: by an API key, or by user and password, or openly.

    `url` is where, of several servers with commas in between. `prefix` begins the name of every
    index, `shards` is how many parts a new index has. `ca_file` is what the server's certificate is
    checked against, None for the system's. `timeout_s` is how long an answer is waited for,
    `refresh_s` how long at most before what was taken in is seen.
    """

    url: str
    api_key: Secret | None = None
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    prefix: str = "duban-"
    shards: int = 1
    timeout_s: float = 30.0
    refresh_s: float = 2.0

    @property
    def urls(self) -> tuple[str, ...]:
        """Where each server is."""
        return tuple(self.url.split(","))


class KibanaSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How Kibana is reached: by an API key, or by user and password, or openly.

    `space` is where the dashboards go, empty for the default one. `ca_file` is what the server's
    certificate is checked against, None for the system's. `timeout_s` is how long an answer is
    waited for.
    """

    url: str
    api_key: Secret | None = None
    user: str | None = None
    password: Secret | None = None
    ca_file: Path | None = None
    space: str = ""
    timeout_s: float = 30.0


class BlobSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where originals are kept: a folder, or a URL of any filesystem that fsspec knows.

    `endpoint`, `access_key` and `secret_key` are for S3 and what speaks like it; `options`, a JSON
    object, are given to the filesystem as they are.
    """

    url: str
    endpoint: str | None = None
    access_key: str | None = None
    secret_key: Secret | None = None
    options: Secret | None = None
