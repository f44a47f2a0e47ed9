"""Judging again over an office with real readings: tried as done, there and back, rebuilt."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.drill import check
from tests.drill.office import DayClock, serve
from tests.drill.plan import Plan, Pool
from tests.drill.work import WORK, Drill

from duban import assets
from duban.adapters.embedded import chain_unit, crew
from duban.adapters.embedded.judging import Judging, judge_again
from duban.adapters.embedded.key_work import Turn
from duban.adapters.embedded.rehearsal import rehearse
from duban.adapters.embedded.store import EmbeddedStore


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Pool:
    return Pool(tmp_path_factory.mktemp("county"))


@pytest.fixture
def drill(request: pytest.FixtureRequest, pool: Pool, tmp_path: Path) -> Drill:
    """An office after its days, and rules that differ at random."""
    seed = int(request.param)
    rules, other = assets.find("rules"), tmp_path / "other"
    shutil.copytree(rules, other)
    _vary(other, random.Random(seed))
    found = Drill(tmp_path / "drill", Plan(pool, seed), pool, rules, other, goes_on=False)
    serve(found.data, found.plan, pool, rules)
    return found


@pytest.fixture
def store(drill: Drill) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(drill.data) as store:
        yield store


@pytest.fixture
def workers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Every process that was at work."""
    seen: list[int] = []
    begin = crew.Crew.begin

    def noted(self: crew.Crew, turns: dict[str, list[Turn]], *, whole: bool) -> None:
        begin(self, turns, whole=whole)
        seen.extend(self.pids)

    monkeypatch.setattr(crew.Crew, "begin", noted)
    return seen


def _vary(folder: Path, chance: random.Random) -> None:
    """Some rules rest, some weigh less, a term ends earlier."""
    for path in sorted(folder.glob("*/*.yaml")):
        text = path.read_text("utf-8")
        if "\nstatus: active\n" in text and chance.random() < 0.3:
            text = text.replace("\nstatus: active\n", "\nstatus: shadow\n")
        elif chance.random() < 0.3:
            text = text.replace("\nseverity: error\n", "\nseverity: info\n")
        if path.name == "A49-1.yaml" and chance.random() < 0.7:
            text = text.replace("\ndue: 01-31\n", "\ndue: 01-20\n")
        path.write_text(text, "utf-8")


def _judge(drill: Drill, store: EmbeddedStore, folder: Path, worth_a_crew_s: float) -> Judging:
    clock = DayClock(drill.plan, len(drill.plan.days) - 1)
    return judge_again(store, folder, clock, _quiet, worth_a_crew_s=worth_a_crew_s)


def _quiet(_: str, __: int, ___: int) -> None:
    """Nobody looks on."""


def _open(store: EmbeddedStore) -> list[tuple[object, ...]]:
    """All open findings, and what the ledger says of each year, as they stand."""
    with store.views.read() as views:
        findings = views.execute(
            "SELECT agency_id, year, fingerprint, body FROM finding "
            "WHERE is_open = 1 AND to_us IS NULL"
        )
        years = views.execute(
            "SELECT agency_id, year, state, is_late FROM report WHERE to_us IS NULL"
        )
        return sorted(findings) + sorted(years)


@pytest.mark.parametrize(
    ("drill", "worth_a_crew_s"), [(1, float("inf")), (17, 0.0)], indirect=["drill"]
)
def test_tried_as_done_and_back_as_it_was(
    drill: Drill,
    store: EmbeddedStore,
    worth_a_crew_s: float,
    workers: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Alone, and with four agencies in worker processes."""
    monkeypatch.setattr(chain_unit, "_KEYS_AT_ONCE", 2)
    began = _open(store)
    clock = DayClock(drill.plan, len(drill.plan.days) - 1)
    tried = rehearse(store, drill.other_rules, clock, _quiet)

    there = _judge(drill, store, drill.other_rules, worth_a_crew_s)

    assert there.figures is not None
    assert there.figures.total.resolved > 0
    assert (tried.before, tried.figures) == (there.before, there.figures)
    assert (tried.after.sha256, tried.waiting) == (there.after.sha256, 0)
    changed = _open(store)
    assert changed != began

    back = _judge(drill, store, drill.rules, worth_a_crew_s)

    assert back.figures is not None
    assert _open(store) == began
    assert list(check.everything(store, drill.plan)) == []
    WORK["rebuild"](drill)
    assert _judge(drill, store, drill.other_rules, worth_a_crew_s).figures is not None
    assert _open(store) == changed
    assert bool(workers) == (worth_a_crew_s == 0.0)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
