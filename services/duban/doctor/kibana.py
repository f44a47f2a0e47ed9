"""Kibana: whether it lets us in, is the one the dashboards are made for, and holds them."""

from __future__ import annotations

from collections.abc import Iterator

from duban.config import KibanaSettings
from duban.doctor.finding import Finding, good, note, wrong
from duban.kibana import catalogue
from duban.kibana.client import Kibana
from duban.kibana.comparing import compare
from duban.kibana.pinned import VERSION

_PUSH = "duban dashboards push"


def look_at(settings: KibanaSettings, prefix: str) -> Iterator[Finding]:
    """Its version and objects; `prefix` begins the names of the indices.

    Raises DubanError where it cannot be asked.
    """
    with Kibana(settings) as kibana:
        found = kibana.version()
        if found.split(".")[:2] != VERSION.split(".")[:2]:
            yield wrong(
                "kibana",
                settings.url,
                f"版本是 {found}，仪表板是为 {VERSION} 生成的：旧版本不接受，新版本未经核对。",
                f"is version {found}, the dashboards are made for {VERSION}: older ones refuse "
                "them, newer ones were not checked.",
                f"{_PUSH} --any-version",
            )
            return
        yield good("kibana", settings.url, f"版本 {found}", f"version {found}")
        yield from _objects(kibana, settings, prefix)


def _objects(kibana: Kibana, settings: KibanaSettings, prefix: str) -> Iterator[Finding]:
    objects = catalogue.objects(prefix, {})
    found = compare(kibana, objects)
    missing = sum(not one.paths for one in found)
    changed = len(found) - missing
    if missing:
        yield wrong("dashboards", settings.url, f"缺少 {len(objects)} 个对象中的 {missing} 个。",
                    f"{missing} of {len(objects)} objects are missing.", _PUSH)  # fmt: skip
    if changed:
        # Pushed with a roster they name the supervising agencies, which is not known here.
        yield note(
            "dashboards",
            settings.url,
            f"{changed} 个对象与生成的不同（带名录导入的属正常）。",
            f"{changed} objects are not as made (as it must be when pushed with a roster).",
            "duban dashboards check",
        )
    if not found:
        yield good("dashboards", settings.url, f"{len(objects)} 个对象与生成的一致",
                   f"{len(objects)} objects as made")  # fmt: skip
