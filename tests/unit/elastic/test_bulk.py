"""Writing to a search server that is busy, cut off or refuses: in order, and nothing left out."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

pytest.importorskip("elasticsearch")

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout

from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.failure import BlockedError
from duban.config import ElasticSettings
from duban.errors import StorageError

SETTINGS = ElasticSettings(url="http://elastic:9200")
Answer = Callable[[list[str]], list[tuple[int, str]]]


class Server:
    """Answers each request as the next of `answers` says, then takes everything."""

    def __init__(self, *answers: Answer | Exception) -> None:
        self._answers = list(answers)
        self.asked: list[list[str]] = []
        self.held: list[str] = []

    def bulk(self, *, operations: Sequence[bytes], require_alias: bool, **_: str) -> dict[str, Any]:
        assert require_alias
        ids = [json.loads(line)["index"]["_id"] for line in operations[::2]]
        self.asked.append(ids)
        answer = self._answers.pop(0) if self._answers else everything
        if isinstance(answer, Exception):
            raise answer
        items = []
        for id_, (status, kind) in zip(ids, answer(ids), strict=True):
            result: dict[str, Any] = {"_id": id_, "status": status}
            if kind:
                result["error"] = {"type": kind, "reason": "because", "caused_by": {"type": "x"}}
            else:
                self.held.append(id_)
            items.append({"index": result})
        return {"items": items}


def everything(ids: list[str]) -> list[tuple[int, str]]:
    return [(201, "")] * len(ids)


def one_is(status: int, kind: str, which: str) -> Answer:
    return lambda ids: [(status, kind) if one == which else (201, "") for one in ids]


def nothing(ids: list[str]) -> list[tuple[int, str]]:
    return [(429, "es_rejected_execution_exception")] * len(ids)


def operations(count: int, source: bytes = b"{}") -> list[Operation]:
    return [
        Operation(entry="i", id=f"{n}", routing="k", version=1, source=source) for n in range(count)
    ]


def bulk(server: Server, patience_s: float = 60.0) -> tuple[Bulk, list[float]]:
    paused: list[float] = []
    return Bulk(server, SETTINGS, patience_s=patience_s, sleep=paused.append), paused  # type: ignore[arg-type]


def test_what_the_server_is_too_busy_for_is_sent_again_before_anything_after_it() -> None:
    server = Server(one_is(429, "busy", "7"), nothing)
    writer, paused = bulk(server)

    written = writer.write(operations(600))

    assert server.held == [f"{n}" for n in range(500) if n != 7] + ["7"] + [
        f"{n}" for n in range(500, 600)
    ]
    assert [len(asked) for asked in server.asked] == [500, 1, 1, 100]
    assert paused == [0.2, 0.4]
    assert (written.refused, written.conflicts) == ([], [])


@pytest.mark.parametrize("error", [NoConnection("cut"), ConnectionTimeout("slow")])
def test_what_a_lost_connection_leaves_untold_is_sent_again(error: Exception) -> None:
    server = Server(error, error)
    writer, paused = bulk(server)

    writer.write(operations(3))

    assert server.held == ["0", "1", "2"]
    assert len(paused) == 2


def test_a_server_that_stays_busy_is_told_after_a_while() -> None:
    server = Server(*[nothing] * 3)
    writer, _ = bulk(server, patience_s=0)

    with pytest.raises(StorageError, match="一直忙不过来"):
        writer.write(operations(2))


def test_pauses_grow_but_not_for_ever() -> None:
    server = Server(*[nothing] * 9)
    writer, paused = bulk(server)

    writer.write(operations(1))

    assert paused == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0, 5.0, 5.0]


def test_a_document_that_is_refused_is_told_with_its_cause_and_the_others_are_written() -> None:
    server = Server(one_is(400, "document_parsing_exception", "1"))
    writer, paused = bulk(server)

    written = writer.write(operations(3))

    assert server.held == ["0", "2"]
    assert [(one.operation.id, one.cause) for one in written.refused] == [
        ("1", "document_parsing_exception: because；x: None")
    ]
    assert paused == []


def test_a_newer_document_that_stands_there_is_told_apart() -> None:
    server = Server(one_is(409, "version_conflict_engine_exception", "1"))
    writer, _ = bulk(server)

    written = writer.write(operations(2))

    assert [one.id for one in written.conflicts] == ["1"]
    assert written.refused == []


def test_indices_that_may_not_be_written_are_told_at_once() -> None:
    writer, paused = bulk(Server(one_is(403, "cluster_block_exception", "0")))

    with pytest.raises(BlockedError, match="duban rebuild"):
        writer.write(operations(1))
    assert paused == []


def test_no_request_grows_beyond_what_a_small_server_takes() -> None:
    server = Server()
    writer, _ = bulk(server)

    writer.write(operations(5, source=b"x" * (3 << 20)))

    assert [len(asked) for asked in server.asked] == [2, 2, 1]
