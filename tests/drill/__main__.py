"""`python -m tests.drill --seeds 25`: kills and looks; exit code 1 where anything is wrong."""

from __future__ import annotations

import argparse
import logging
import os
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

from tests.drill import check, check_backup, check_restore, outliving, rules_b
from tests.drill.fuse import Counts, Point, counted, is_killed_at, undisturbed
from tests.drill.plan import Plan, Pool
from tests.drill.work import WORK, Drill

from duban import assets
from duban.adapters import rulebook_library
from duban.adapters.embedded import backup, chain_unit
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_copy import copy_of

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
    kills, failed = Counter[str](), 0
    with tempfile.TemporaryDirectory(prefix="duban-drill-") as name:
        seeds = range(given.first, given.first + given.seeds)
        for done, (seed, killed, told) in enumerate(_all(Path(name), seeds, given), 1):
            kills.update(killed)
            failed += bool(told)
            for line in told:
                _say(f"seed {seed}: {line}")
            if done % 25 == 0 or done == given.seeds:
                passed = time.monotonic() - began
                each = ", ".join(f"{name} {kills[name]}" for name in WORK)
                _say(f"{done} drills, {kills.total()} kills, {failed} failed, {passed:.0f} s")
                _say(f"killed: {each}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    _say(f"{(used.ru_utime + used.ru_stime) / given.seeds:.1f} s of processor time a drill")
    return 1 if failed else 0


def _all(
    folder: Path, seeds: range, given: argparse.Namespace
) -> Iterator[tuple[int, list[str], list[str]]]:
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
    logging.disable()  # that views are begun anew in a copy is as it should be
    # Two agencies a step and a few pages at a time, so that there is much to be killed between.
    chain_unit._KEYS_AT_ONCE = 2
    backup._PAGES_AT_ONCE = 20
    os.sync = _nothing  # no power fails here, and it would wait for the disk of everybody
    own = folder / str(os.getpid())
    rules = Path(shutil.copytree(assets.find("rules"), own / "rules"))
    other_rules = rules_b.make(rules, own / "other-rules")
    # Rules compiled once: half of each start would go there.
    compiled = {copy_of(one): rulebook_library.load(one) for one in (rules, other_rules)}
    rulebook_library.load = lambda one: compiled[copy_of(one)]
    pool = Pool(own / "county")
    drill = Drill(own, Plan(pool, 0), pool, rules, other_rules)
    points = {name: counted(partial(work, drill)) for name, work in WORK.items()}
    _KNOWN["all"] = _Known(pool, rules, other_rules, points)


def _nothing() -> None:
    """What it stands for is not needed here."""


def _drill(seed: int, *, keep: bool) -> tuple[int, list[str], list[str]]:
    """One drill: its seed, each work that was killed, as often as it was, and what was wrong."""
    known = _KNOWN["all"]
    folder = Path(tempfile.mkdtemp(prefix=f"duban-drill-{seed}-"))
    drill = Drill(folder, Plan(known.pool, seed), known.pool, known.rules, known.other_rules)
    chance = random.Random(seed)
    kills: list[str] = []
    told: list[str] = []
    os.environ[outliving.MARK] = f"{os.getpid()}-{seed}"
    for name, work in WORK.items():
        try:
            for killed, lines in _kills(drill, name, chance, known.points[name]):
                kills += [name] * killed
                told += [f"{name} killed: {line}" for line in lines]
            before = _noted(drill, name)
            undisturbed(partial(work, drill._replace(goes_on=False)))
            told += [f"after {name}: {line}" for line in _looked(drill, name, chance, before)]
        except Exception as error:
            told = [f"in {name}: {error}"]
        if told:
            break
    if not (keep and told):
        shutil.rmtree(folder)
    return seed, kills, told


def _kills(
    drill: Drill, name: str, chance: random.Random, points: Counts
) -> Iterator[tuple[bool, list[str]]]:
    """Do the work again and again, each time up to a point drawn from the seed: whether it was
    killed there, and what was wrong right after.
    """
    before = _noted(drill, name)
    for _ in range(chance.randint(1, _KILLS_AT_MOST)):
        storing = chance.random() < 0.5
        point = Point(chance.randint(1, points.storing if storing else points.all), storing)
        is_killed = is_killed_at(point, partial(WORK[name], drill))
        told = []
        if drill.has_workers:
            told += [f"process {pid} outlived its parent" for pid in outliving.processes()]
        if name == "backup":
            told += check_backup.after_a_kill(drill)
        if name == "restore":
            told += check_restore.after_a_kill(drill, before)
        yield is_killed, told


def _noted(drill: Drill, name: str) -> str:
    """What the work must leave as it is: the backup that is restored."""
    return check_restore.digest(drill) if name == "restore" else ""


def _looked(drill: Drill, name: str, chance: random.Random, before: str) -> list[str]:
    with EmbeddedStore(drill.data) as store:
        told = list(check.everything(store, drill.plan))
    if name == "backup":
        told += check_backup.when_done(drill, chance)
    if name == "restore":
        told += check_restore.when_done(drill, before)
    return told


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
