"""A worker that starts, and the first minute of servers that have just started.

They compile while they work, for minutes; `live` measures them when they have worked for a while.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.stack.course import MIX, PER_SECOND, UNITS, coursing, visible
from bench.stack.postings import office
from bench.stack.servers import Servers, place
from bench.stack.told import Line, Options
from bench.stack.worker import until, worker

SECONDS = 60


def measure(servers: Servers, folder: Path, _: Options) -> Iterator[Line]:
    """How long the worker took to begin, and reports in the minute after it."""
    here = place(servers, folder, "cold")
    made = office(folder, SECONDS * PER_SECOND, MIX)
    first, *others = made.postings
    with coursing(here, made) as course:
        course.post(first)
        with worker(here, "worker", UNITS, readers=2) as one:
            until(lambda: not course.look(), [one], "the first report is visible")
            yield Figure(
                "start of a worker to its first event", time.monotonic() - one.started, "s", 15.0,
                "from the command to the first report read, judged and found in the index, by a "
                "worker with all its units and no state",
            )  # fmt: skip
            yield visible(course.run(others, [one]), "in the first minute of the servers")
