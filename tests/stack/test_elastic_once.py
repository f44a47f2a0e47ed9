"""What must not be done twice is asked of the next server only where nobody heard it."""

from __future__ import annotations

import pytest

pytest.importorskip("elasticsearch")

from elastic_transport import ConnectionError as NoConnection
from tests.stack.answering import answering, hanging_up

from duban.adapters.elastic.client import connected, once
from duban.config import ElasticSettings

AWAY = ("http://127.0.0.1:9", "http://127.0.0.1:8")


def test_servers_that_could_not_be_reached_are_passed_over() -> None:
    with answering(200, {"acknowledged": True}) as url:
        for _ in range(20):  # which of them is asked first is drawn for each client
            change_aliases(url, *AWAY)


def test_where_all_are_away_it_is_told() -> None:
    with pytest.raises(NoConnection):
        change_aliases(*AWAY)


def test_nobody_else_is_asked_where_one_heard_and_gave_no_answer() -> None:
    with hanging_up() as one, hanging_up() as other:
        with pytest.raises(NoConnection):
            change_aliases(one.url, other.url)

        assert one.heard + other.heard == 1


def change_aliases(*urls: str) -> None:
    with connected(ElasticSettings(url=",".join(urls), timeout_s=5.0)) as client:
        once(client, lambda asked: asked.indices.update_aliases(actions=[]))
