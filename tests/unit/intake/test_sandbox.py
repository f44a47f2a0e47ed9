"""Documents that hang, explode or kill: the parent goes on, and the next document is read."""

from __future__ import annotations

import ctypes
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable

import pytest

from duban.domain.report import Reading, Reason
from duban.errors import MachineError
from duban.intake import sandbox, worker
from duban.intake.job import Answer, Job, Limits, ReadJob
from duban.intake.sandbox import Sandbox, StartError

QUICK = Limits(processor_s=1, wall_s=3.0)


def told(text: str) -> Answer:
    return Answer(reading=Reading(media="text", status="unreadable", reason=Reason("told", text)))


def misbehave(job: Job) -> Answer:
    """What a broken parser may do, by the word it is given."""
    assert isinstance(job, ReadJob)
    match job.data:
        case b"hang":
            time.sleep(60)
        case b"spin":
            while True:
                pass
        case b"memory":
            bytearray(8 << 30)
        case b"crash":
            ctypes.string_at(1)
        case b"leave":
            os._exit(7)
        case b"connect":
            return told(refusal(socket.socket))
        case b"run":
            return told(refusal(lambda: subprocess.run([sys.executable, "-c", ""], check=True)))
        case b"write":
            return told(refusal(write_a_file))
    return told(f"{job.data.decode()} {os.getpid()}")


def write_a_file() -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"x" * 100_000)
        file.flush()


def refusal(act: Callable[[], object]) -> str:
    try:
        act()
    except OSError as error:
        return type(error).__name__
    return "done"


@pytest.fixture
def broken_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "reading", lambda: misbehave)


def codes(*words: bytes, limits: Limits = QUICK, workers: int = 2) -> list[str]:
    with Sandbox(workers=workers, limits=limits, start_method="fork") as sandbox:
        answers = list(sandbox.map(ReadJob(data=word) for word in words))
    return [answer.reading.reason.code for answer in answers if answer.reading]


@pytest.mark.usefixtures("broken_reader")
class TestWhatADocumentMayDo:
    def test_one_that_hangs_is_stopped_by_the_clock(self):
        started = time.monotonic()

        assert codes(b"hang", b"next") == ["timed_out", "told"]
        assert time.monotonic() - started < 10

    def test_one_that_runs_away_is_stopped_by_processor_time(self):
        assert codes(b"spin", b"next", limits=Limits(processor_s=1, wall_s=30.0)) == [
            "timed_out",
            "told",
        ]

    def test_one_that_takes_too_much_memory_is_too_large(self):
        assert codes(b"memory", b"next") == ["too_large", "told"]

    def test_one_that_kills_the_process_is_corrupt(self):
        assert codes(b"crash", b"leave", b"next") == ["corrupt", "corrupt", "told"]

    def test_one_after_the_other_in_a_single_process_each_gets_its_own_fate(self):
        words = (b"a", b"crash", b"b", b"memory", b"c", b"leave", b"d")

        assert codes(*words, workers=1) == [
            "told", "corrupt", "told", "too_large", "told", "corrupt", "told",
        ]  # fmt: skip

    def test_answers_keep_the_order_of_the_jobs(self):
        words = [b"hang" if n == 1 else str(n).encode() for n in range(30)]
        with Sandbox(workers=2, limits=QUICK, start_method="fork") as sandbox:
            reasons = [a.reading.reason for a in sandbox.map(ReadJob(data=w) for w in words)]

        assert [r.message.split()[0] for r in reasons if r.code == "told"] == [
            str(n) for n in range(30) if n != 1
        ]
        assert reasons[1].code == "timed_out"

    def test_processes_are_used_again_and_replaced_after_their_share(self):
        limits = Limits(processor_s=5, wall_s=10.0, documents_per_worker=3)
        with Sandbox(workers=1, limits=limits, start_method="fork") as sandbox:
            answers = list(sandbox.map(ReadJob(data=b"x") for _ in range(7)))

        assert len({a.reading.reason.message for a in answers}) == 3

    def test_a_large_document_goes_through(self):
        assert codes(b"x" * 20_000_000) == ["told"]

    def test_too_long_an_answer_is_not_taken(self):
        limits = Limits(processor_s=5, wall_s=10.0, answer_bytes=1000)

        assert codes(b"x" * 5000, b"next", limits=limits) == ["too_large", "told"]

    def test_giving_up_half_way_leaves_no_process_behind(self):
        with Sandbox(workers=2, limits=QUICK, start_method="fork") as sandbox:
            answers = sandbox.map(ReadJob(data=w) for w in (b"a", b"hang", b"hang"))
            pid = int(next(answers).reading.reason.message.split()[1])
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)

    @pytest.mark.skipif(sys.platform != "linux", reason="seccomp is Linux's")
    @pytest.mark.parametrize("word", [b"connect", b"run", b"write"])
    def test_it_reaches_no_network_starts_no_program_writes_no_file(self, word):
        with Sandbox(workers=1, limits=QUICK, start_method="fork") as sandbox:
            answer = sandbox.run(ReadJob(data=word))

        assert answer.reading.reason.message in ("PermissionError", "OSError")


def test_a_fault_of_ours_is_told_as_ours(monkeypatch):
    def broken(_: bytes) -> None:
        raise KeyError("ours")

    monkeypatch.setattr("duban.reading.reader.read", broken)
    with Sandbox(workers=1, start_method="fork") as sandbox:
        answer = sandbox.run(ReadJob(data=b"<html><body>x</body></html>"))

    assert answer.reading.reason.code == "internal_error"
    assert "KeyError" in answer.fault


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_real_bytes_are_read_with_either_way_to_start(method):
    with Sandbox(workers=1, start_method=method) as sandbox:
        reading = sandbox.run(ReadJob(data=b"")).reading

    assert (reading.status, reading.reason.code) == ("unreadable", "empty")


def test_a_process_that_cannot_start_is_no_fault_of_the_file(monkeypatch):
    def broken() -> None:
        raise ImportError("a module is missing")

    monkeypatch.setattr(worker, "reading", broken)
    with Sandbox(workers=1, start_method="fork") as sandbox, pytest.raises(StartError):
        sandbox.run(ReadJob(data=b"x"))


def test_a_machine_without_room_for_a_process_is_no_fault_of_the_file(monkeypatch):
    def refused(*_: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(sandbox, "start", refused)
    with Sandbox(workers=1) as readers, pytest.raises(MachineError, match="没有启动成功"):
        readers.run(ReadJob(data=b"x"))
