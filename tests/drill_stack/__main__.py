"""`python -m tests.drill_stack --seeds 10`: exit code 1 where anything is wrong after troubles.

The seed draws the days, the pages and the troubles. What the troubles meet at their moment is a
matter of the machine: a failed seed is repeated until it fails again.
"""

from __future__ import annotations

import argparse
import logging
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import get_args

from tests.drill.plan import Pool
from tests.drill_stack.drill import Office, run
from tests.drill_stack.servers import servers
from tests.drill_stack.troubles import Trouble, can_have_small_disks, possible
from tests.stack.fetch import Unavailable, programs

from duban import assets


def main() -> int:
    """Run the drills of the command line."""
    asked = argparse.ArgumentParser(prog="python -m tests.drill_stack", description=__doc__)
    asked.add_argument("--seeds", type=int, default=10, help="how many drills")
    asked.add_argument("--first", type=int, default=0, help="the first seed")
    asked.add_argument("--within", type=float, help="minutes after which none is begun")
    asked.add_argument("--only", help=f"these troubles, by commas: {', '.join(get_args(Trouble))}")
    asked.add_argument("--brief", action="store_true", help="few troubles in each drill")
    asked.add_argument("--every-kind", action="store_true", help="exit code 1 where one is missing")
    given = asked.parse_args()
    logging.disable()
    try:
        found = programs()
    except Unavailable as missing:
        _say(str(missing))
        return 2
    folder = Path(tempfile.mkdtemp(prefix="duban-drill-stack-"))
    only = given.only.split(",") if given.only else None
    began, done, failed = time.monotonic(), 0, 0
    met: Counter[Trouble] = Counter()
    with servers(found) as running:
        rules = Path(shutil.copytree(assets.find("rules"), folder / "rules"))
        pool = Pool(folder / "county")
        office = Office(running, pool, rules, is_brief=given.brief)
        _say(f"servers after {time.monotonic() - began:.0f} s")
        if not can_have_small_disks():
            _say("no disk can be mounted here: `full` is left out")
        for seed in range(given.first, given.first + given.seeds):
            if given.within and time.monotonic() - began > 60 * given.within:
                break
            since = time.monotonic()
            told = run(seed, folder / f"{seed}", office, only)
            done, failed = done + 1, failed + bool(told.wrong)
            met.update(told.troubles)
            took = time.monotonic() - since
            kinds = ", ".join(told.troubles)
            killed = f" of rebuilds killed: {', '.join(told.rebuilds)};" if told.rebuilds else ""
            _say(f"seed {seed}: {kinds};{killed} {told.starts} starts, {took:.0f} s")
            for words, times in told.fell.items():
                _say(f"seed {seed}: {times} times: {words}")
            for line in told.wrong:
                _say(f"seed {seed}: {line}")
            if not told.wrong:
                shutil.rmtree(folder / f"{seed}")
        missing = possible(has_elastic=running.elastic is not None) - met.keys()
    _say(", ".join(f"{count} {kind}" for kind, count in sorted(met.items())))
    if missing:
        _say(f"did not occur: {', '.join(sorted(missing))}")
    _say(f"{done} drills, {failed} failed, {time.monotonic() - began:.0f} s")
    if failed:
        _say(f"what the failed ones left: {folder}")
    else:
        shutil.rmtree(folder)
    return 1 if failed or (given.every_kind and missing) else 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
