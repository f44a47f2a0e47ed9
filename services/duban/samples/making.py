"""`make`: counties of invented reports with known truth, as a folder the portal serves."""

from __future__ import annotations

import shutil
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
import yaml

from duban.domain.agency import Agency
from duban.samples import site as sites
from duban.samples import truth
from duban.samples.county import Made, Maker
from duban.samples.parts import Parts
from duban.samples.plan import County, Plan, divided
from duban.samples.rendering import FORMATS, Format, render
from duban.samples.roster import counties

__all__ = ["FORMATS", "Format", "Summary", "make", "render", "roster_text"]


@dataclass
class Summary:
    """What `make` wrote."""

    directory: Path
    reports: int = 0
    missing: int = 0
    by_format: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)


def make(
    directory: Path,
    *,
    seed: int,
    agencies: int = 50,
    years: Sequence[int] = (2022, 2023, 2024),
    fault_rate: float = 0.3,
    formats: Sequence[Format] = FORMATS,
    gap_rate: float = 0.0,
    reports: int | None = None,
    processes: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Summary:
    """Writes `truth.json`, `roster.yaml`, `site.json` and the pages below `site/`.

    The same arguments give the same bytes, however many `processes` share the work; what an
    earlier call wrote there is replaced, and a call that was interrupted is gone on with.
    `gap_rate` of the reports are left out on purpose; `reports` stops at so many. `progress` is
    called with reports done and all. Raises UsageError where an interrupted call had other
    arguments.
    """
    plan = Plan(
        seed=seed, agencies=agencies, years=tuple(sorted(years)), fault_rate=fault_rate,
        formats=tuple(formats), gap_rate=gap_rate, reports=reports,
    )  # fmt: skip
    parts = Parts(directory, plan)
    if parts.begin():
        _clear(directory)
    whole, done = plan.size, 0

    def ahead(count: int) -> None:
        nonlocal done
        done += count
        if progress:
            progress(done, whole)

    waiting = []
    for county in divided(plan):
        if county.number in parts:
            ahead(county.size)
        else:
            waiting.append(county)
    if processes > 1 and len(waiting) > 1:
        _share_out(directory, plan, waiting, processes, ahead)
    else:
        for county in waiting:
            _county(directory, plan, county, lambda: ahead(1))
    return _finish(directory, plan, parts)


def _clear(directory: Path) -> None:
    """Removes what an earlier call made, and nothing in a folder that is not ours."""
    if (directory / "site.json").exists():
        shutil.rmtree(directory / "site", ignore_errors=True)
        for name in ("site.json", "portal.json", "truth.json", "roster.yaml"):
            (directory / name).unlink(missing_ok=True)


def _county(directory: Path, plan: Plan, county: County, progress: Callable[[], None]) -> int:
    maker = Maker(directory, plan, county)
    made = maker.make(progress)
    Parts(directory, plan).keep(county.number, made, maker.lines)
    return county.size


def _share_out(
    directory: Path,
    plan: Plan,
    waiting: list[County],
    processes: int,
    ahead: Callable[[int], None],
) -> None:
    """Counties to processes; each county's part is whole or not there when they are ended."""
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _end_at_once_on_interrupt)
    try:
        jobs = [pool.submit(_county, directory, plan, county, _silent) for county in waiting]
        for job in as_completed(jobs):
            ahead(job.result())
    finally:
        pool.shutdown(cancel_futures=True)


def _end_at_once_on_interrupt() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _silent() -> None:
    """No progress is told from within another process."""


def _finish(directory: Path, plan: Plan, parts: Parts) -> Summary:
    """The front page and the three files beside the site, from the parts; these then go."""
    summary = Summary(directory)
    columns: list[sites.Column] = []
    entries: list[sites.Entry] = []
    missing: list[dict[str, Any]] = []
    for made in parts.all():
        _add(summary, made)
        columns += made.columns
        entries += made.entries
        missing += made.missing
    entries.sort(key=lambda e: (e.date, e.column, e.href))
    (directory / "site" / "index.html").write_text(sites.home_page(tuple(columns)), "utf-8")
    with (directory / "truth.json").open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(truth.as_lines(plan.seed, missing, parts.lines()))
    agencies = [entry.agency for entry in counties(plan.agencies)]
    (directory / "roster.yaml").write_text(roster_text(agencies), "utf-8")
    site = sites.Site(columns=tuple(columns), entries=tuple(entries))
    (directory / "site.json").write_bytes(sites.as_json(site))
    parts.remove()
    return summary


def _add(summary: Summary, made: Made) -> None:
    summary.reports += sum(made.by_format.values())
    summary.missing += len(made.missing)
    summary.by_format.update(made.by_format)
    summary.faults.update(made.faults)


def roster_text(agencies: list[Agency], site: str | None = None) -> str:
    """A roster file; its columns are paths below the portal's address, `site` if given."""
    body: dict[str, Any] = {"format": "duban.roster/1"}
    if site is not None:
        body["site"] = site
    body["agencies"] = [msgspec.to_builtins(agency) for agency in agencies]
    return str(yaml.dump(body, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False))
