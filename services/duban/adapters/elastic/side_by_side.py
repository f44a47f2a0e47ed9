"""Several batches taken in at once; those that concern the same keys one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from duban.adapters.elastic.fold import keys_of
from duban.ports import Recorded

Batch = Sequence[Recorded]


def side_by_side(
    batches: Iterable[Batch], take: Callable[[Batch], object], at_once: int = 2
) -> Iterable[Batch]:
    """Each batch when it was taken in; raises what `take` raised, after all have ended."""
    under_way: dict[Future[object], tuple[Batch, frozenset[str]]] = {}
    with ThreadPoolExecutor(at_once, thread_name_prefix="filling") as pool:
        for batch in batches:
            keys = frozenset(key for one in batch for key in keys_of(one.event))
            while len(under_way) >= at_once or any(keys & its for _, its in under_way.values()):
                yield from _ended(under_way)
            under_way[pool.submit(take, batch)] = batch, keys
        while under_way:
            yield from _ended(under_way)


def _ended(under_way: dict[Future[object], tuple[Batch, frozenset[str]]]) -> Iterable[Batch]:
    ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
    for future in ended:
        batch, _ = under_way.pop(future)
        future.result()
        yield batch
