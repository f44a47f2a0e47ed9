"""Settings of a running machine; the command line fills them from options and environment."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import msgspec

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`delay_s` lies between two requests to one host, `interval_s` between two rounds.

    `names` are the host names the pages answer to beside loopback's. `readers` processes read
    posted files side by side. `accept_clock` believes a clock far ahead of the last record.
    `scrapers` are the networks that may ask for the figures of the program, beside this machine.
    """

    data: Path
    host: str = "127.0.0.1"
    port: int = 8080
    names: tuple[str, ...] = ()
    rules: Path | None = None
    interval_s: float = 3600.0
    delay_s: float = 1.0
    allow_loopback: bool = False
    accept_clock: bool = False
    contact: str | None = None
    readers: int = 2
    scrapers: tuple[IPv4Network | IPv6Network, ...] = ()
