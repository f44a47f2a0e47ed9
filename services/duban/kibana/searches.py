"""The saved searches: rows for looking into, and for export from Kibana."""

from __future__ import annotations

from duban.kibana.condition import CURRENT, SHOWN, Is, Known
from duban.kibana.saved_search import SavedSearch

_AGENCY = ("agency", "agency_kind", "year")

REPORTS = SavedSearch(
    key="reports",
    title="督办 年报台账",
    english="Every report that is owed or was seen, with its state.",
    view="reports",
    columns=(*_AGENCY, "state", "is_late", "errors", "warnings", "published_on", "reason", "url"),
    sort="year",
    where=(*SHOWN, Known("state")),
)
ABSENT = SavedSearch(
    key="absent",
    title="督办 未检索到的年报",
    english="Reports proved not to be there.",
    view="reports",
    columns=(*_AGENCY, "due_on", "gravity", "reason"),
    sort="year",
    where=(*SHOWN, Is("state", ("absent",))),
)
UNVERIFIED = SavedSearch(
    key="unverified",
    title="督办 未能核实、无法读取的年报",
    english="Reports of which nothing is proved, and why.",
    view="reports",
    columns=(*_AGENCY, "state", "due_on", "reason_code", "reason", "url"),
    sort="year",
    where=(*SHOWN, Is("state", ("blocked", "unreadable"))),
)
FINDINGS = SavedSearch(
    key="findings",
    title="督办 仍存在的问题",
    english="Open findings.",
    view="findings",
    columns=(*_AGENCY, "severity", "rule", "message", "blame", "since"),
    sort="since",
    where=(*SHOWN, Is("is_open", (True,))),
)
REJECTED = SavedSearch(
    key="rejected",
    title="督办 未能作为年报的文件",
    english="Files that are no report, cannot be read or cannot be assigned.",
    view="rejected",
    columns=("status", "reason", "media", "title", "agency_id", "url"),
    sort="known_from",
    where=(*CURRENT, Is("settled", (False,))),
)
ASIDE = SavedSearch(
    key="aside",
    title="督办 搁置的事件",
    english="Events that could not be handled and were not retried since.",
    view="aside",
    columns=("unit", "name", "key", "cause", "event_id"),
    sort="known_from",
    where=CURRENT,
)
ALERTS = SavedSearch(
    key="alerts",
    title="督办 未解除的提醒",
    english="Open alerts.",
    view="alerts",
    columns=("agency", "year", "kind", "severity", "message", "lines", "due_on", "since"),
    sort="since",
    where=(*SHOWN, Is("is_open", (True,))),
)
SEARCHES = (REPORTS, ABSENT, UNVERIFIED, FINDINGS, REJECTED, ASIDE, ALERTS)
