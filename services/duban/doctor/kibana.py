"""Kibana: whether it lets us in, and whether it is the one the dashboards are made for."""

from __future__ import annotations

from collections.abc import Iterator

from duban.config import KibanaSettings
from duban.doctor.finding import Finding, good, wrong
from duban.kibana.client import Kibana
from duban.kibana.pinned import VERSION


def look_at(settings: KibanaSettings) -> Iterator[Finding]:
    """Its version against the pinned one; raises DubanError where it cannot be asked."""
    with Kibana(settings) as kibana:
        found = kibana.version()
    if found.split(".")[:2] == VERSION.split(".")[:2]:
        yield good("kibana", settings.url, f"版本 {found}", f"version {found}")
        return
    yield wrong(
        "kibana",
        settings.url,
        f"版本是 {found}，仪表板是为 {VERSION} 生成的：旧版本不接受，新版本未经核对。",
        f"is version {found}, the dashboards are made for {VERSION}: older ones refuse them, "
        "newer ones were not checked.",
        "duban dashboards push --any-version",
    )
