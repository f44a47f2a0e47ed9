"""Settings of a worker of the distributed profile."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec

#: The units that a worker can run, in the order in which an event meets them.
WORKED = ("intake", "agency", "indexer")


class WorkerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """`data` holds what the units remember, a folder for each; it can be lost and is built anew.

    Each of `units` is a process of its own. `readers` processes of the intake read posted files.
    A worker that says nothing for `session_s` is taken for dead, and others take its partitions
    over. The figures of the first unit are at `port` of `host`, those of the next at the port
    after it; 0 takes any free port. `scrapers` are the networks that may
    ask for them, beside this machine.
    """

    data: Path
    units: tuple[str, ...] = WORKED
    host: str = "127.0.0.1"
    port: int = 9464
    readers: int = 2
    session_s: float = 30.0
    scrapers: tuple[IPv4Network | IPv6Network, ...] = ()
