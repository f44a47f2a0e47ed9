"""Set-aside events: told in words, retried once with a reason, and what came of it is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import EventRetried
from duban.domain.finding import Context, Judgement
from duban.domain.report import Report
from duban.ports import SetAside
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.events import read, registered, released, sha256
from duban.testing.judge import SpokenJudge


class Mended:
    """Breaks on 崩溃 until it was mended."""

    def __init__(self) -> None:
        self.is_mended = False

    def judge(
        self,
        report: Report | None,
        context: Context,
        before: Callable[[], Report] | None = None,
    ) -> Judgement:
        return SpokenJudge(is_mended=self.is_mended).judge(report, context, before)


@pytest.fixture
def judge() -> Mended:
    return Mended()


@pytest.fixture
def aside(store: EmbeddedStore, judge: Mended) -> Iterator[dict[str, str]]:
    """A report that could not be judged, as its form asks for it; the runner is at work."""
    fact = read("a", 2024, "崩溃")
    store.log.append([released(), registered("a", "甲局"), fact])
    library = {sha256("rulebook 1"): judge}
    runner = store.runner(Chain("agency", (Evaluator(library.__getitem__),)))
    runner.run_until_idle()
    runner.start()
    yield {"event_id": fact.id, "unit": "agency", "key": "a", "by": "张三", "reason": "已修好"}
    runner.stop()


def form(aside: dict[str, str]) -> dict[str, str]:
    return {**aside, "event": aside["event_id"]}


def asked(store: EmbeddedStore) -> list[EventRetried]:
    bodies = [one.event.body for one in store.log.read("facts")]
    return [body for body in bodies if isinstance(body, EventRetried)]


def test_what_was_set_aside_is_told_with_its_agency_and_counted_on_the_front_page(
    client: httpx.Client, aside: dict[str, str]
) -> None:
    page = client.get("/aside").text
    assert "甲局" in page
    assert "规则出错" in page
    assert "不会删除或改写" in page
    assert "1 个事件搁置" in " ".join(client.get("/").text.split())
    assert "1 个事件搁置" in " ".join(client.get("/agencies/a").text.split())
    assert len(client.get("/api/v1/aside").json()) == 1


def test_a_retry_that_works_is_told_and_leaves_nothing_aside(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str], judge: Mended
) -> None:
    judge.is_mended = True
    page = client.post("/aside", data=form(aside)).text
    assert "已重试成功" in page
    assert "没有搁置的事件" in page
    (fact,) = asked(store)
    assert (fact.by, fact.reason) == ("张三", "已修好")
    assert "事件搁置" not in client.get("/").text


def test_a_retry_that_fails_again_is_told_as_that(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str]
) -> None:
    told = client.post("/api/v1/retry", json=aside).json()
    assert told["result"] == "failed", told
    assert "仍在搁置" in told["message"]
    assert len(asked(store)) == 1


def test_a_double_click_does_no_harm(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str], judge: Mended
) -> None:
    judge.is_mended = True
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda _: client.post("/api/v1/retry", json=aside).json(), range(8)))
    assert {one["result"] for one in told} <= {"handled", "gone"}
    assert "handled" in {one["result"] for one in told}
    assert len(asked(store)) == 1
    assert "不在搁置之列" in client.post("/aside", data=form(aside)).text


@pytest.mark.parametrize("missing", ["by", "reason"])
def test_a_retry_needs_a_name_and_a_reason(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str], missing: str
) -> None:
    for path, sent in (("/aside", {"data": form(aside)}), ("/api/v1/retry", {"json": aside})):
        body = {key: {**value, missing: "  "} for key, value in sent.items()}
        answer = client.post(path, **body)  # type: ignore[arg-type]
        assert answer.status_code == 422
        assert "什么也没有做" in answer.text
    assert asked(store) == []


def test_what_is_not_set_aside_cannot_be_retried(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str]
) -> None:
    told = client.post("/api/v1/retry", json={**aside, "event_id": "nothing"}).json()
    assert told["result"] == "gone"
    assert client.post("/api/v1/retry", content=b"{").status_code == 422
    assert client.post("/api/v1/retry", content=b"x" * 20_000).status_code == 413
    assert asked(store) == []


def test_what_only_the_pages_lack_is_left_to_a_rebuild(
    client: httpx.Client, store: EmbeddedStore, aside: dict[str, str]
) -> None:
    store.put_aside_anew([SetAside(2, "a", "lacking", "读不出")])
    page = client.get("/aside").text
    assert page.count("duban rebuild --accept") == 1
    assert page.count('name="event"') == 1
    answer = client.post("/api/v1/retry", json={**aside, "unit": "indexer", "event_id": "lacking"})
    assert "duban rebuild --accept" in answer.json()["error"]["message"]
    assert asked(store) == []
