"""The settings of Elasticsearch, Kibana and the store of originals, read and checked."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

import msgspec

from duban.config import BlobSettings, ElasticSettings, KibanaSettings
from duban.config_source import Source
from duban.errors import UsageError

_PREFIX = re.compile(r"([a-z0-9][a-z0-9_.-]{0,99})?")  # what an index may begin with


def elastic_settings(environment: Mapping[str, str] | None = None) -> ElasticSettings:
    """The settings for Elasticsearch; UsageError for what is missing or wrong."""
    given = Source("elastic", os.environ if environment is None else environment)
    settings = ElasticSettings(
        url=",".join(given.urls("url")),
        api_key=given.secret("api_key", is_header=True),
        user=given.text("user"),
        password=given.secret("password"),
        ca_file=given.path("ca_file"),
        prefix=given.text("prefix", "duban-") or "",
        shards=given.number("shards", 1),
        timeout_s=given.seconds("timeout", 30.0),
        refresh_s=given.seconds("refresh", 2.0),
    )
    _refuse_two_logins(given, "Elasticsearch", settings)
    _refuse_an_idle_certificate(given, "Elasticsearch", settings)
    if not _PREFIX.fullmatch(settings.prefix):
        raise UsageError(
            "设置 DUBAN_ELASTIC_PREFIX 不对：只能用小写字母、数字和 . _ -，并以字母或数字开头。",
            "The setting DUBAN_ELASTIC_PREFIX must be of small letters, digits and . _ -, and "
            "begin with a letter or digit.",
        )
    return settings


def kibana_settings(environment: Mapping[str, str] | None = None) -> KibanaSettings:
    """The settings for Kibana; UsageError for what is missing or wrong."""
    given = Source("kibana", os.environ if environment is None else environment)
    settings = KibanaSettings(
        url=given.url("url"),
        api_key=given.secret("api_key", is_header=True),
        user=given.text("user"),
        password=given.secret("password"),
        ca_file=given.path("ca_file"),
        space=given.text("space", "") or "",
        timeout_s=given.seconds("timeout", 30.0),
    )
    _refuse_two_logins(given, "Kibana", settings)
    _refuse_an_idle_certificate(given, "Kibana", settings)
    return settings


def blob_settings(
    default: str, environment: Mapping[str, str] | None = None, *, url: str | None = None
) -> BlobSettings:
    """Where originals are kept: `url` of the command line, else what is set, else `default`.

    Raises UsageError for what is wrong.
    """
    given = Source("blobs", os.environ if environment is None else environment)
    settings = BlobSettings(
        url=url or given.text("url") or default,
        endpoint=given.url("endpoint") if given.text("endpoint") else None,
        access_key=given.text("access_key"),
        secret_key=given.secret("secret_key"),
        options=given.secret("options", lines=True),
    )
    if "@" in settings.url.partition("://")[2].partition("/")[0]:
        raise UsageError(
            "设置 DUBAN_BLOBS_URL 不能含用户名和密码，请另行设置。",
            "The setting DUBAN_BLOBS_URL must hold no user and password: please set them apart.",
        )
    if (settings.access_key is None) != (settings.secret_key is None):
        raise UsageError(
            "访问密钥的编号和密钥必须同时给出（DUBAN_BLOBS_ACCESS_KEY、DUBAN_BLOBS_SECRET_KEY）。",
            "An access key needs its id and its secret (DUBAN_BLOBS_ACCESS_KEY, "
            "DUBAN_BLOBS_SECRET_KEY).",
        )
    if settings.options is not None:
        try:
            msgspec.json.decode(settings.options.in_clear(), type=dict[str, object])
        except msgspec.MsgspecError:
            raise UsageError(
                '设置 DUBAN_BLOBS_OPTIONS 不对：应为一个 JSON 对象，如 {"anon": true}。',
                'The setting DUBAN_BLOBS_OPTIONS must be a JSON object, such as {"anon": true}.',
            ) from None
    return settings


def _refuse_two_logins(
    given: Source, server: str, settings: ElasticSettings | KibanaSettings
) -> None:
    given.refuse_half_a_login(settings.user, settings.password)
    if settings.api_key is not None and settings.user is not None:
        both = given.variable("api_key"), given.variable("user")
        raise UsageError(
            f"{server} 的 API 密钥与用户名只能给一种（{'、'.join(both)}）。",
            f"{server} takes an API key or a user, not both ({', '.join(both)}).",
        )


def _refuse_an_idle_certificate(
    given: Source, server: str, settings: ElasticSettings | KibanaSettings
) -> None:
    if settings.ca_file is not None and not settings.url.startswith("https:"):
        url, file = given.variable("url"), given.variable("ca_file")
        raise UsageError(
            f"给出了 {server} 的根证书（{file}），地址却不加密：请把 {url} 改为 https://，"
            "或去掉证书设置。",
            f"A root certificate for {server} is set ({file}) and its address is not encrypted: "
            f"please begin {url} with https://, or remove the certificate.",
        )
