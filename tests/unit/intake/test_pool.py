"""What the pool of reading processes tells of each file, and whether it can start any."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from duban.domain.report import Reading
from duban.intake import sandbox
from duban.intake.job import Answer, ReadJob
from duban.intake.pool import ReadingPool
from duban.intake.sandbox import StartError
from duban.observing import DocumentStatus, Unobserved


class Heard(Unobserved):
    def __init__(self) -> None:
        self.documents: list[tuple[str, DocumentStatus]] = []

    def read_document(self, media: str, status: DocumentStatus, took_s: float) -> None:
        assert took_s > 0
        self.documents.append((media, status))


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def pool(heard: Heard) -> Iterator[ReadingPool]:
    with ReadingPool(1, observer=heard) as pool:
        yield pool


def answering(monkeypatch: pytest.MonkeyPatch, answer: Answer | Exception) -> None:
    def run(self: object, job: object) -> Answer:
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(sandbox.Sandbox, "run", run)


def test_processes_can_be_started_before_the_first_document() -> None:
    with ReadingPool(2) as pool:
        pool.start()
        assert pool.processes == 2
        pool.read(ReadJob(data=b"<html><p>notice</p></html>"))
        assert pool.processes == 2


def test_a_machine_that_starts_no_process_tells_so_only_when_a_document_comes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(sandbox, "start", refuse)
    with ReadingPool(2) as pool:
        pool.start()
        assert pool.processes == 0
        with pytest.raises(StartError):
            pool.read(ReadJob(data=b""))


def test_a_file_that_was_read_is_told_by_its_medium(pool: ReadingPool, heard: Heard) -> None:
    assert pool.processes == 0

    pool.read(ReadJob(data=b"<html><p>notice</p></html>"))
    pool.read(ReadJob(data=b"%PDF-1.4 broken"))

    assert [media for media, _ in heard.documents] == ["html", "pdf"]
    assert heard.documents[1][1] == "unreadable"
    assert pool.processes == 1


def test_a_fault_of_the_program_is_told_as_one(
    pool: ReadingPool, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading(media="docx", status="unreadable")
    answering(monkeypatch, Answer(reading=reading, fault="Traceback"))
    pool.read(ReadJob(data=b""))
    answering(monkeypatch, Answer())
    pool.read(ReadJob(data=b""))

    assert heard.documents == [("docx", "fault"), ("unknown", "fault")]


def test_processes_that_do_not_start_are_told_and_found_out(
    pool: ReadingPool, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering(monkeypatch, StartError("结束码 1", "exit code 1"))

    with pytest.raises(StartError):
        pool.read(ReadJob(data=b""))

    assert heard.documents == [("unknown", "not_started")]
    assert not pool.can_start()


def test_asking_whether_processes_start_is_no_document_read(
    pool: ReadingPool, heard: Heard
) -> None:
    assert pool.can_start()
    assert pool.processes == 1
    assert pool.can_start()
    assert heard.documents == []
