"""Whatever is wrong with Elasticsearch is told in one sentence with what mends it."""

from __future__ import annotations

import msgspec
import pytest

pytest.importorskip("elasticsearch")

from elasticsearch import Elasticsearch
from tests.stack.answering import answering
from tests.stack.elastic_world import remove

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import ElasticSettings
from duban.domain.view import Scope
from duban.errors import StorageError
from duban.ports import Recorded
from duban.secret import Secret


def prepared(url: str, **given: object) -> str:
    """What is said where the index is prepared."""
    wanted = ElasticSettings(url=url, prefix="never-", timeout_s=5.0, **given)  # type: ignore[arg-type]
    with pytest.raises(StorageError) as caught, ElasticIndex(wanted) as index:
        index.prepare()
    assert caught.value.english
    assert url in str(caught.value)
    assert "\n" not in f"{caught.value}{caught.value.english}"
    return str(caught.value)


def refusing(kind: str) -> object:
    return {"error": {"type": kind, "reason": "no"}, "status": 400}


def test_an_address_where_nobody_listens_is_told() -> None:
    assert "DUBAN_ELASTIC_URL" in prepared("http://127.0.0.1:9")


def test_where_one_of_several_servers_is_away_the_others_are_asked(
    elastic: str, wanted: ElasticSettings, recorded: list[Recorded]
) -> None:
    some = msgspec.structs.replace(wanted, url=f"{elastic},http://127.0.0.1:9,http://127.0.0.1:8")
    with ElasticIndex(some) as index:
        index.prepare()
        index.apply(recorded)
        told = [index.overview(Scope()).agencies for _ in range(20)]

    assert set(told) == {9}


def test_a_wrong_password_is_told_and_never_shown() -> None:
    with answering(401, refusing("security_exception")) as url:
        said = prepared(url, user="u", password=Secret("geheim"))

    assert "DUBAN_ELASTIC_PASSWORD" in said
    assert "geheim" not in said


def test_a_user_who_may_not_is_told() -> None:
    with answering(403, refusing("security_exception")) as url:
        assert "never-*" in prepared(url)


def test_an_older_server_is_told() -> None:
    with answering(400, refusing("media_type_header_exception")) as url:
        assert "需要 9.x" in prepared(url)
    with answering(200, {"nodes": {"n": {"version": "8.19.3"}}}) as url:
        assert "版本是 8.19.3：需要 9.x" in prepared(url)


def test_something_else_at_the_address_is_told() -> None:
    with answering(200, {}, is_elastic=False) as url:
        assert "不是 Elasticsearch" in prepared(url)


def test_indices_that_were_never_made_are_told(elastic: str, prefix: str) -> None:
    wanted = ElasticSettings(url=elastic, prefix=prefix)
    with (
        ElasticIndex(wanted) as index,
        pytest.raises(StorageError, match="duban rebuild --profile distributed"),
    ):
        index.overview(Scope())


def test_a_mapping_changed_by_hand_is_told_with_where_and_what_mends_it(
    elastic: str, prefix: str
) -> None:
    wanted = ElasticSettings(url=elastic, prefix=prefix, timeout_s=120.0)
    try:
        with ElasticIndex(wanted) as index, Elasticsearch(elastic) as client:
            index.prepare()
            assert index.indices.drift() == []
            name = f"{prefix}findings-000001"
            client.indices.put_mapping(index=name, properties={"note": {"type": "keyword"}})

            with pytest.raises(StorageError, match="duban rebuild") as caught:
                index.prepare()

            assert name in str(caught.value)
            assert "properties.note" in str(caught.value)
    finally:
        remove(elastic, prefix)
