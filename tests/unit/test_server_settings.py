"""Kibana and the store of originals: settings in, secrets never out; and the page of them all."""

from __future__ import annotations

import base64
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from duban import config_reference
from duban.config_list import SECTIONS, Section, variables
from duban.config_servers import blob_settings, elastic_settings, kibana_settings
from duban.config_source import kafka_settings
from duban.errors import UsageError

KIBANA = {"DUBAN_KIBANA_URL": "https://kibana:5601/"}
READERS: Mapping[str, Callable[[Mapping[str, str]], object]] = {
    "kafka": lambda environment: kafka_settings(environment=environment),
    "elastic": lambda environment: elastic_settings(environment),
    "kibana": lambda environment: kibana_settings(environment),
    "blobs": lambda environment: blob_settings("blobs", environment),
}
NEEDED = {
    "kafka": {"DUBAN_KAFKA_ADDRESS": "k:1"},
    "elastic": {"DUBAN_ELASTIC_URL": "https://elastic:9200"},
    "kibana": KIBANA,
    "blobs": {"DUBAN_BLOBS_URL": "s3://b"},
}


class Watched(dict[str, str]):
    """An environment that remembers what was asked for."""

    def __init__(self, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.asked: set[str] = set()

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        self.asked.add(name)
        return super().get(name, default)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda one: one.server)
def test_what_is_declared_is_what_is_looked_at(section: Section) -> None:
    server = section.server
    environment = Watched(NEEDED[server])

    READERS[server](environment)

    declared = {one for one in variables() if one.startswith(f"DUBAN_{server.upper()}_")}
    assert environment.asked - {"DUBAN_SETTINGS"} == declared


def test_the_page_names_every_variable_and_no_secret_has_a_default() -> None:
    page = config_reference.render()

    for section in SECTIONS:
        for one in section.settings:
            assert f"`{section.variable(one.name)}`" in page
            assert one.kind != "secret" or section.default(one) == ""
    assert "| `DUBAN_KAFKA_PARTITIONS` | `partitions` | 整数 number | `12` |" in page
    assert "| `DUBAN_KAFKA_TIMEOUT` | `timeout` | 秒 seconds | `10` |" in page


def test_kibana_is_reached_by_key_or_by_password() -> None:
    by_key = kibana_settings(KIBANA | {"DUBAN_KIBANA_API_KEY": "geheim"})
    by_user = kibana_settings(
        KIBANA | {"DUBAN_KIBANA_USER": "u", "DUBAN_KIBANA_PASSWORD": "geheim"}
    )

    assert by_key.url == "https://kibana:5601"
    assert by_key.api_key is not None
    assert by_user.password is not None
    assert (by_key.api_key.in_clear(), by_user.password.in_clear()) == ("geheim", "geheim")


def secrets() -> Iterator[tuple[str, str]]:
    for section in SECTIONS:
        for one in section.settings:
            if one.kind == "secret":
                yield section.server, section.variable(one.name)


@pytest.mark.parametrize(("server", "variable"), list(secrets()))
def test_no_secret_is_shown_or_logged(
    server: str, variable: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    value = '{"geheim": 1}'
    others = dict.fromkeys(_beside(variable), "x")
    found = READERS[server](NEEDED[server] | others | {variable: value})
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    by_file = READERS[server](NEEDED[server] | others | {f"{variable}_FILE": str(file)})

    logging.getLogger("duban").warning("settings %s %r", found, by_file)

    assert found == by_file
    assert "***" in caplog.text
    assert "geheim" not in f"{found} {found!r} {caplog.text}"


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({}, "DUBAN_KIBANA_URL"),
        ({"DUBAN_KIBANA_URL": "kibana:5601"}, "https://服务器:端口"),
        ({"DUBAN_KIBANA_URL": "https://kibana:fivethousand"}, "https://服务器:端口"),
        ({"DUBAN_KIBANA_URL": "https://u:geheim@kibana:5601"}, "不能含用户名和密码"),
        (KIBANA | {"DUBAN_KIBANA_USER": "u"}, "必须同时给出"),
        (KIBANA | {"DUBAN_KIBANA_TIMEOUT": "soon"}, "DUBAN_KIBANA_TIMEOUT"),
        (KIBANA | {"DUBAN_KIBANA_TIMEOUT": "nan"}, "DUBAN_KIBANA_TIMEOUT"),
        (KIBANA | {"DUBAN_KIBANA_CA_FILE": "/nowhere"}, "/nowhere 不存在"),
        (
            KIBANA
            | {
                "DUBAN_KIBANA_USER": "u",
                "DUBAN_KIBANA_PASSWORD": "p",
                "DUBAN_KIBANA_API_KEY": "k",
            },
            "只能给一种",
        ),
    ],
)
def test_a_wrong_setting_of_kibana_is_told(environment: Mapping[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said) as wrong:
        kibana_settings(environment)

    assert wrong.value.english
    assert "geheim" not in str(wrong.value) + wrong.value.english


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("URL", "s3://id:geheim@bucket", "不能含用户名和密码"),
        ("ACCESS_KEY", "id", "必须同时给出"),
        ("ENDPOINT", "minio:9000", "https://服务器:端口"),
        ("OPTIONS", "geheim", "JSON 对象"),
        ("OPTIONS", '["geheim"]', "JSON 对象"),
    ],
)
def test_a_wrong_setting_of_the_originals_is_told(name: str, value: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as wrong:
        blob_settings("blobs", {f"DUBAN_BLOBS_{name}": value})

    assert wrong.value.english
    assert "geheim" not in str(wrong.value) + wrong.value.english


def test_originals_lie_in_the_data_folder_where_nothing_is_said() -> None:
    assert blob_settings("/data/blobs", {}).url == "/data/blobs"


def test_a_misspelt_name_in_the_settings_file_is_told(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("kibana: {url: 'http://k:1', pasword: geheim}\n")

    with pytest.raises(UsageError, match="没有 pasword 这一项，可用的有：url") as wrong:
        kibana_settings({"DUBAN_SETTINGS": str(file)})

    assert "geheim" not in str(wrong.value) + wrong.value.english


def test_certificates_without_encryption_are_told(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    file.touch()

    with pytest.raises(UsageError, match="DUBAN_KAFKA_TLS=true"):
        kafka_settings("k:1", {"DUBAN_KAFKA_CA_FILE": str(file)})


@pytest.mark.parametrize("server", ["ELASTIC", "KIBANA"])
def test_a_root_certificate_for_an_address_that_is_not_encrypted_is_told(
    tmp_path: Path, server: str
) -> None:
    file = tmp_path / "ca.pem"
    file.touch()
    read: Callable[[Mapping[str, str]], object]
    read = elastic_settings if server == "ELASTIC" else kibana_settings

    with pytest.raises(UsageError, match=f"DUBAN_{server}_URL 改为 https") as wrong:
        read({f"DUBAN_{server}_URL": "http://s:1", f"DUBAN_{server}_CA_FILE": str(file)})

    assert wrong.value.english


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("API_KEY", "geheim\nX-Other: 1", "控制字符"),
        ("API_KEY", "geheim\x7f", "控制字符"),
        ("API_KEY", "geheim密", "ASCII"),
        ("PASSWORD", "geheim\r\nX-Other: 1", "控制字符"),
    ],
)
def test_a_secret_that_libraries_would_show_is_refused_and_not_shown(
    name: str, value: str, said: str
) -> None:
    environment = KIBANA | {f"DUBAN_KIBANA_{name}": value, "DUBAN_KIBANA_USER": "u"}
    with pytest.raises(UsageError, match=f"DUBAN_KIBANA_{name} .*{said}") as wrong:
        kibana_settings(environment)

    assert "geheim" not in str(wrong.value) + wrong.value.english


def test_a_password_may_be_chinese() -> None:
    pytest.importorskip("elasticsearch")
    from duban.adapters.elastic.client import connected

    login = {"DUBAN_ELASTIC_USER": "管理员", "DUBAN_ELASTIC_PASSWORD": "机密"}
    with contextlib.closing(
        connected(elastic_settings({"DUBAN_ELASTIC_URL": "http://127.0.0.1:1", **login}))
    ) as client:
        told = client._headers["authorization"]

    assert base64.b64decode(told.removeprefix("Basic ")).decode() == "管理员:机密"


def test_several_servers_of_elasticsearch_are_separated_by_commas() -> None:
    found = elastic_settings(
        {"DUBAN_ELASTIC_URL": "https://one:9200/, https://two:9200,https://one:9200"}
    )

    assert found.urls == ("https://one:9200", "https://two:9200")
    assert found.url == "https://one:9200,https://two:9200"


@pytest.mark.parametrize(
    "urls", ["https://one:9200,", "https://one:9200,two:9200", "https://one:9200,http://two:9200"]
)
def test_each_of_several_servers_is_checked(urls: str) -> None:
    with pytest.raises(UsageError, match="DUBAN_ELASTIC_URL"):
        elastic_settings({"DUBAN_ELASTIC_URL": urls})


def _beside(variable: str) -> tuple[str, ...]:
    """What must be given together with a secret."""
    return {
        "DUBAN_KAFKA_PASSWORD": ("DUBAN_KAFKA_USER",),
        "DUBAN_ELASTIC_PASSWORD": ("DUBAN_ELASTIC_USER",),
        "DUBAN_KIBANA_PASSWORD": ("DUBAN_KIBANA_USER",),
        "DUBAN_BLOBS_SECRET_KEY": ("DUBAN_BLOBS_ACCESS_KEY",),
    }.get(variable, ())


@pytest.mark.parametrize("prefix", ["Duban-", "-duban", "督办", "a/b", "a*"])
def test_a_prefix_that_no_index_may_bear_is_refused(prefix: str) -> None:
    with pytest.raises(UsageError, match="DUBAN_ELASTIC_PREFIX"):
        elastic_settings(
            {"DUBAN_ELASTIC_URL": "https://elastic:9200", "DUBAN_ELASTIC_PREFIX": prefix}
        )
