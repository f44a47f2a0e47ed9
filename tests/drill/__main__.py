"""`python -m tests.drill --seeds 25`: kills and looks; exit code 1 where anything is wrong."""

from __future__ import annotations

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.drill import check, rules_b
from tests.drill.fuse import Counts, Point, in_child
from tests.drill.plan import Plan, Pool
from tests.drill.work import WORK, Drill

from duban import assets
from duban.adapters import rulebook_library
from duban.adapters.embedded.store import EmbeddedStore

_KILLS_AT_MOST = 3


def main() -> int:
    """Run the drills of the command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.drill", description=__doc__)
    asked.add_argument("--seeds", type=int, default=25, help="how many drills")
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="side by side")
    asked.add_argument("--keep", action="store_true", help="keep the folders of failed drills")
    given = asked.parse_args()
    began = time.monotonic()
    kills = failed = 0
    with tempfile.TemporaryDirectory(prefix="duban-drill-") as name:
        seeds = range(given.first, given.first + given.seeds)
        for done, (seed, killed, told) in enumerate(_all(Path(name), seeds, given), 1):
            kills += killed
            failed += bool(told)
            for line in told:
                _say(f"seed {seed}: {line}")
            if done % 25 == 0 or done == given.seeds:
                passed = time.monotonic() - began
                _say(f"{done} drills, {kills} kills, {failed} failed, {passed:.0f} s")
    return 1 if failed else 0


def _all(
    folder: Path, seeds: range, given: argparse.Namespace
) -> Iterator[tuple[int, int, list[str]]]:
    with ProcessPoolExecutor(
        min(given.jobs, given.seeds),
        mp_context=get_context("fork"),  # the papers are made once, and shared
        initializer=_prepare,
        initargs=(folder,),
    ) as pool:
        yield from pool.map(partial(_drill, keep=given.keep), seeds)


class _Known(NamedTuple):
    """What the drills of a process share; `points` is how far each work counts, undisturbed."""

    pool: Pool
    rules: Path
    other_rules: Path
    points: dict[str, Counts]


_KNOWN: dict[str, _Known] = {}


def _prepare(folder: Path) -> None:
    # Rules compiled once: their files do not change, and half of each start would go there.
    rulebook_library.load = cache(rulebook_library.load)
    own = folder / str(os.getpid())
    rules = assets.find("rules")
    other_rules = rules_b.make(rules, own / "rules")
    for one in (rules, other_rules):
        rulebook_library.load(one)
    pool = Pool(own / "county")
    drill = Drill(own, Plan(pool, 0), pool, rules, other_rules)
    points = {name: _counted(work, drill) for name, work in WORK.items()}
    _KNOWN["all"] = _Known(pool, rules, other_rules, points)


def _counted(work: Callable[[Drill], None], drill: Drill) -> Counts:
    counts = in_child(partial(work, drill))
    assert counts is not None
    return counts


def _drill(seed: int, *, keep: bool) -> tuple[int, int, list[str]]:
    """One drill: how many kills, and what was wrong after the last of them."""
    known = _KNOWN["all"]
    folder = Path(tempfile.mkdtemp(prefix=f"duban-drill-{seed}-"))
    drill = Drill(folder, Plan(known.pool, seed), known.pool, known.rules, known.other_rules)
    chance, kills, told = random.Random(seed), 0, []
    for name, work in WORK.items():
        try:
            kills += _kill(drill, name, chance, known.points[name])
            in_child(partial(work, drill))
            told = [f"after {name}: {line}" for line in _looked(drill)]
        except Exception as error:
            told = [f"in {name}: {error}"]
        if told:
            break
    if not (keep and told):
        shutil.rmtree(folder)
    return seed, kills, told


def _kill(drill: Drill, name: str, chance: random.Random, points: Counts) -> int:
    """Do the work again and again, each time up to a point drawn from the seed."""
    kills = 0
    for _ in range(chance.randint(1, _KILLS_AT_MOST)):
        storing = chance.random() < 0.5
        point = Point(chance.randint(1, points.storing if storing else points.all), storing)
        kills += in_child(partial(WORK[name], drill), point) is None
    return kills


def _looked(drill: Drill) -> list[str]:
    with EmbeddedStore(drill.data) as store:
        return list(check.everything(store, drill.plan))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
