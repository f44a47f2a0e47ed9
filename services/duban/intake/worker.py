"""A reading process: takes jobs from its socket one by one until the parent closes it."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from duban.intake.collector import relax_collector
from duban.intake.confine import allow_processor_time, close_everything_but, confine
from duban.intake.job import Answer, Job, Limits
from duban.intake.perform import TOO_MUCH_MEMORY, judging, reading, unread

if TYPE_CHECKING:
    from duban.rulebook import Rulebook

HEADER = 8  # bytes of a frame's length, big end first
EXIT_SPENT = 75  # ended on purpose after an answer: the next job gets a fresh process


def run_forked(channel: socket.socket, rulebook: Rulebook | None, limits: Limits) -> None:
    """Become a worker inside a process just forked; judges with `rulebook`, reads without one."""
    code = 1
    try:
        close_everything_but(channel.fileno())
        code = _run(channel, judging(rulebook) if rulebook else reading(), limits)
    finally:
        os._exit(code)


def _run(channel: socket.socket, perform: Callable[[Job], Answer], limits: Limits) -> int:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers itself
    confine(limits)
    return serve(channel, perform, limits)


def serve(channel: socket.socket, perform: Callable[[Job], Answer], limits: Limits) -> int:
    """Answer jobs until the parent goes away; returns the exit code."""
    jobs: msgspec.msgpack.Decoder[Job] = msgspec.msgpack.Decoder(Job)
    encode = msgspec.msgpack.Encoder().encode
    relax_collector()
    channel.sendall(_framed(b""))  # from now on, if this process dies, the document is why
    for _ in range(limits.documents_per_worker):
        frame = _receive(channel)
        if frame is None:
            return 0
        allow_processor_time(limits.processor_s)
        try:
            data = encode(perform(jobs.decode(frame)))
        except MemoryError:
            frame = None
            channel.sendall(_framed(encode(unread(TOO_MUCH_MEMORY))))
            return EXIT_SPENT
        channel.sendall(_framed(data))
    return EXIT_SPENT


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(HEADER, "big") + data


def _receive(channel: socket.socket) -> bytearray | None:
    header = _exactly(channel, HEADER)
    return None if header is None else _exactly(channel, int.from_bytes(header, "big"))


def _exactly(channel: socket.socket, count: int) -> bytearray | None:
    data = bytearray(count)
    view, filled = memoryview(data), 0
    while filled < count:
        got = channel.recv_into(view[filled:])
        if got == 0:
            return None
        filled += got
    return data


def main(arguments: list[str]) -> int:
    """Start as a program of its own: socket on standard input, limits and rule folder given."""
    channel = socket.socket(fileno=os.dup(0))
    close_everything_but(channel.fileno())
    limits = msgspec.json.decode(arguments[0], type=Limits)
    if len(arguments) == 1:
        return _run(channel, reading(), limits)
    from duban.rulebook import load

    return _run(channel, judging(load(Path(arguments[1]))), limits)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
