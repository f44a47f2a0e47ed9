"""Several pieces of work, each in a process of its own; they end together."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess

from duban.errors import DubanError, StorageError

Work = Callable[[], None]


def _nothing() -> None:
    """Nothing is to be checked."""


def side_by_side(
    works: Mapping[str, Work], begin: Work, shared: Sequence[str] = (), check: Work = _nothing
) -> None:
    """Run all until SIGINT or SIGTERM; each process begins with `begin`.

    The modules `shared` are loaded once for all of them; meanwhile `check` may raise why none is to
    be started. Where one ends by itself the others are ended too, and its error is raised. Each is
    told to end once, and may take its time, unless this process is told again. None outlives it.
    """
    forked = multiprocessing.get_context("forkserver")  # from a process that has no threads
    forked.set_forkserver_preload([*shared])
    forkserver.ensure_running()
    check()
    asked = threading.Event()
    children: dict[str, BaseProcess] = {}
    errors: dict[str, Connection] = {}
    told_to_end: set[str] = set()

    def end_all() -> None:
        for name, child in children.items():
            if name not in told_to_end and child.is_alive():
                told_to_end.add(name)
                child.terminate()

    def stop(*_: object) -> None:
        if asked.is_set():
            told_to_end.clear()
        asked.set()
        end_all()

    before = {one: signal.signal(one, stop) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        for name, work in works.items():
            errors[name], told = forked.Pipe(duplex=False)
            children[name] = forked.Process(target=_child, args=(work, begin, told), name=name)
            children[name].start()
            told.close()
        ended = wait([child.sentinel for child in children.values()])
        first = next(name for name, child in children.items() if child.sentinel in ended)
        was_asked = asked.is_set()
        end_all()
        for child in children.values():
            child.join()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    if not was_asked:
        raise _cause(first, children[first], errors[first])


def _child(work: Work, begin: Work, told: Connection) -> None:
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    begin()
    try:
        work()
    except DubanError as error:
        told.send((str(error), error.english))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _cause(name: str, child: BaseProcess, told: Connection) -> DubanError:
    """Why a process ended by itself."""
    try:
        if told.poll():
            return StorageError(*told.recv())
    except EOFError:
        pass
    return StorageError(
        f"处理单元 {name} 意外停止（退出码 {child.exitcode}）：请查看上面的日志后重新启动。",
        f"The unit {name} ended by itself (exit code {child.exitcode}): please look at the log "
        "above and start again.",
    )
