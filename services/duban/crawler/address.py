"""Which addresses may be asked: hosts of the roster only, and never the inner network."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple
from urllib.parse import SplitResult, urlsplit

from duban.domain.agency import Agency
from duban.errors import FetchError

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Sequence[str]]


class BlockedError(FetchError):
    """The address is one we must not ask, or the site does not let us."""


class Host(NamedTuple):
    """A name and a port."""

    name: str
    port: int


class Target(NamedTuple):
    """A checked address: what to ask for, and the very addresses to connect to."""

    url: str
    scheme: str
    host: Host
    addresses: tuple[str, ...]
    path: str

    @property
    def origin(self) -> str:
        """Scheme and host as they stand in front of every path of the site."""
        default = self.host.port == _PORTS[self.scheme]
        name = f"[{self.host.name}]" if ":" in self.host.name else self.host.name
        return f"{self.scheme}://{name}" + ("" if default else f":{self.host.port}")


def hosts_of(agencies: Iterable[Agency]) -> frozenset[Host]:
    """Every host the roster lets us fetch from; a host without a port allows 80 and 443."""
    found: set[Host] = set()
    for agency in agencies:
        for column in agency.columns:
            found |= _with_both_ports(_host(urlsplit(column)))
        for given in agency.hosts:
            found |= _with_both_ports(_host(urlsplit(f"http://{given}")))
    return frozenset(found)


def _with_both_ports(host: Host) -> set[Host]:
    ports = (80, 443) if host.port in (80, 443) else (host.port,)
    return {Host(host.name, port) for port in ports}


def _host(parts: SplitResult) -> Host:
    return Host(parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0))


def system_resolve(name: str, port: int) -> Sequence[str]:
    """The addresses the system knows for a name."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


class Gate:
    """Checks every address before it is asked, redirects included.

    The name is resolved once here and the connection goes to the address that was checked, so
    that a name which changes its answer in between gains nothing.
    """

    def __init__(
        self,
        hosts: Iterable[Host],
        *,
        allow_loopback: bool = False,
        resolve: Resolve = system_resolve,
    ) -> None:
        self._hosts = frozenset(hosts)
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def check(self, url: str) -> Target:
        """The target of an address; BlockedError or FetchError where it may not be asked."""
        try:
            parts = urlsplit(url)
            host = _host(parts)
        except ValueError as error:
            raise FetchError(f"网址 {url} 写法不对，未访问。") from error
        if parts.scheme not in _PORTS or parts.username is not None:
            raise BlockedError(f"网址 {url} 不是普通的 http(s) 网址，未访问。")
        if host not in self._hosts:
            raise BlockedError(f"{host.name}:{host.port} 不在名录列出的网站之内，未访问。")
        try:
            addresses = self._resolve(host.name, host.port)
        except (OSError, UnicodeError) as error:
            raise FetchError(f"找不到网站 {host.name}（{error}）。") from error
        if not addresses:
            raise FetchError(f"找不到网站 {host.name}。")
        for text in addresses:
            if not self._is_allowed(text):
                raise BlockedError(f"{host.name} 指向内部地址 {text}，未访问。")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return Target(url, parts.scheme, host, tuple(addresses), path)

    def _is_allowed(self, text: str) -> bool:
        address = _unwrapped(ipaddress.ip_address(text.partition("%")[0]))
        if address.is_loopback:
            return self._allow_loopback
        return address.is_global and not address.is_multicast


def _unwrapped(address: _Address) -> _Address:
    """The IPv4 address an IPv6 address leads to, where it is only its envelope."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    inner = address.ipv4_mapped or address.sixtofour
    if inner is None and address.teredo is not None:
        inner = address.teredo[1]
    return inner or address
