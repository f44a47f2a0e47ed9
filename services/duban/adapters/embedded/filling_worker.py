"""A process that fills new read models from the history, and tells how far it is.

Whatever goes wrong, it ends without a word: its parent does the work again, and tells.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from typing import IO

import msgspec

from duban.adapters.embedded import views_schema
from duban.adapters.embedded.crew_task import receive, send
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.filling_task import Filled, Job
from duban.adapters.embedded.index_unit import IndexUnit
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_index import SqliteIndex
from duban.adapters.embedded.views_files import ViewsFolder
from duban.errors import StorageError
from duban.ports import SetAside

_EVENTS_AT_ONCE = 1000
_ALLOCATIONS = 50_000  # between two looks of the collector: nothing here makes cycles
_BEHIND = 10  # in priority: it takes what those leave whose work ends later


def main() -> None:
    """Do one job."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody reads any more: end without a word
    data = receive(sys.stdin.buffer)
    if data is None:
        return
    outlet = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not come between the answers
    logging.disable()  # the parent tells what was set aside
    os.nice(_BEHIND)
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
    try:
        fill(msgspec.msgpack.decode(data, type=Job), outlet)
    except StorageError:
        sys.exit(1)


def fill(job: Job, outlet: IO[bytes]) -> None:
    """Take the history into the file; after each step, and at the end, a `Filled` is written."""
    folder, history = ViewsFolder(Path(job.folder)), Path(job.history)
    lock = folder.hold(job.number)
    try:
        with (
            closing(Database(history)) as recorded,
            closing(Database(folder.path(job.number), views_schema.LAYOUT, beside=history)) as new,
        ):
            aside: list[SetAside] = []
            index = SqliteIndex(new, aside.append, Signal())
            log = SqliteEventLog(recorded, Signal())
            unit = IndexUnit(log, index, at_once=_EVENTS_AT_ONCE, upto=job.upto)
            while unit.advance():
                send(outlet, Filled(index.position(), is_done=False))
            done = Filled(index.position(), is_done=True, aside=tuple(aside))
        send(outlet, done)
    finally:
        os.close(lock)


if __name__ == "__main__":
    main()
