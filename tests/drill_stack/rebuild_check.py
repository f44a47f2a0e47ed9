"""What must hold of a rebuild that is killed and begun again; each line tells a failure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import pairwise

from tests.drill_stack.lying import Lying
from tests.drill_stack.reader import Seen

from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS, alias


def after_an_end(lying: Lying, prefix: str) -> Iterator[str]:
    """A rebuild that came to an end of its own leaves one set, and nothing else."""
    yield from one_whole_set(lying, prefix)
    if lying.blocked:
        yield f"closed to writing after a rebuild: {sorted(lying.blocked)}"
    if lying.holder is not None:
        yield f"the lease is not free after a rebuild: {lying.holder}"


def one_whole_set(lying: Lying, prefix: str) -> Iterator[str]:
    """All aliases point to the indices of one number, and there are no others."""
    name = alias(prefix, "state")
    read = [index for index, names in lying.indices.items() if name in names]
    if len(read) != 1:
        yield f"{name} points to {sorted(read)}"
        return
    whole = Generation(prefix, int(read[0].rpartition("-")[2]))
    wanted = {whole.index(one): {alias(prefix, one), whole.entry(one)} for one in MODELS}
    found = {index: set(names) for index, names in lying.indices.items()}
    found.pop(f"{prefix}lease", None)
    for index in sorted(wanted.keys() | found.keys()):
        if index not in wanted:
            yield f"left behind: {index}"
        elif index not in found:
            yield f"missing: {index}"
        elif wanted[index] != found[index]:
            yield f"aliases of {index}: {sorted(found[index])}"


def reading_goes_on(seen: Sequence[Seen], refused: Sequence[str]) -> Iterator[str]:
    """Pages are answered all the while, and nothing that was shown is missing later."""
    for line in refused:
        yield f"a page was refused during a rebuild: {line}"
    if not seen:
        yield "no page was read during a rebuild"
    for before, after in pairwise(seen):
        if after.agencies < before.agencies or after.position < before.position:
            yield f"a page went back during a rebuild: {before} / {after}"


def ends_as_it_may(code: int | None, codes: Collection[int], said: str) -> Iterator[str]:
    """It ended, by itself, with one of the codes, and told its reader what to do."""
    end = said.strip().splitlines()[-3:]
    if code is None:
        yield f"a rebuild does not end: {end}"
    elif code not in codes:
        yield f"a rebuild ended with {code}: {end}"
    if "Traceback" in said:
        yield f"a rebuild fell: {end}"


def nothing_outlives(processes: Sequence[str]) -> Iterator[str]:
    """No process of a rebuild goes on once its parent is gone."""
    if processes:
        yield f"outlived a rebuild: {processes}"
