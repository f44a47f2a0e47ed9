"""The roster: which agencies owe a report, and where each posts it."""

from __future__ import annotations

from pathlib import Path

from duban.crawler.roster_agency import Checker
from duban.crawler.roster_fault import Fault, error_of
from duban.crawler.roster_field import is_address, roster_schema
from duban.crawler.roster_source import read
from duban.crawler.roster_together import wrong_together
from duban.domain.agency import Agency

__all__ = ["load", "roster_schema"]


def load(path: Path, site: str | None = None, *, allow_loopback: bool = True) -> tuple[Agency, ...]:
    """The agencies of a roster file, in its order.

    `site` is the address that relative columns belong to, instead of the file's own `site`.
    Raises RosterError that names line, key and what is expected, for all faults of the file.
    """
    source = read(path)
    faults = list(source.faults)
    base = site
    if base is None and source.site is not None:
        base = source.site.given
        if not (isinstance(base, str) and is_address(base)):
            faults.append(
                Fault(source.site.line, "site", "应为 http:// 或 https:// 开头的网址",
                      "must be an address that begins with http:// or https://")
            )  # fmt: skip
            base = None
    if not source.entries and not source.faults:
        faults.append(Fault(1, "", "没有一个机关，请至少写入一个", "there is not one agency"))
    agencies = []
    for entry in source.entries:
        checker = Checker(entry, base, faults, allow_loopback=allow_loopback)
        agency = checker.agency() if entry.whole else None
        if agency is not None:
            agencies.append(agency)
    faults.extend(wrong_together(source.entries))
    if faults:
        raise error_of(path, faults)
    return tuple(agencies)
