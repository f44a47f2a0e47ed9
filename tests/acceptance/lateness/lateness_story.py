"""Stories of agencies as data: what happened on which day, and what must be shown on which."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from duban.domain import event as events
from duban.domain.agency import Agency, Waiver
from duban.domain.day import SHANGHAI
from duban.domain.event import Body, Event, derived_id, record
from duban.domain.report import Reason, Report
from duban.testing.reports import build

HERE = Path(__file__).parent
NOON, EVENING = "12:00", "23:58"
_LAST_OF_OLD_FORM = 2020
NAMES = {
    "central_dept": "国家望岚局",
    "dept_prov": "云水省财政厅",
    "dept_pref": "云水市财政局",
    "dept_county": "云水市望岚县财政局",
    "gov_office": "云水市望岚县人民政府办公室",
    "prov_gov": "云水省人民政府",
    "pref_gov": "云水市人民政府",
    "county_gov": "云水市望岚县人民政府",
    "town_gov": "望岚县柳溪镇人民政府",
    "subdistrict": "望岚县东街街道办事处",
    "dev_zone": "望岚县经济开发区管理委员会",
    "vertical": "国家税务总局望岚县税务局",
    "authorized_org": "望岚县城市管理服务中心",
}
_VERBS = ("roster", "removed", "whole", "part", "fails", "read", "refused", "withdrawn", "shows")


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """What must be shown of an agency at a moment: states by year, and what is open."""

    story: str
    at: datetime
    states: dict[int, str]
    open: tuple[str, ...]
    says: tuple[str, ...]
    never_says: tuple[str, ...]
    late: tuple[int, ...] | None


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One agency's story: its facts in order, and what must be shown."""

    id: str
    title: str
    world: str
    facts: tuple[Event, ...]
    shown: tuple[Shown, ...]


class _Loader(yaml.CSafeLoader):
    """Days stay the text they are."""


_Loader.yaml_implicit_resolvers = {
    first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def stories() -> Iterator[Story]:
    """Every story of the files beside this module."""
    for path in sorted(HERE.glob("*.yaml")):
        with path.open(encoding="utf-8") as file:
            # A subclass of the safe loader that only leaves days as text.
            told = yaml.load(file, _Loader)
        for number, (title, story) in enumerate(told.items(), start=1):
            yield _Teller(f"{path.stem}-{number:02}", title, story).story()


def moment(text: str, otherwise: str = NOON) -> datetime:
    """A day, or a day and the time in Asia/Shanghai."""
    whole = text if " " in text else f"{text} {otherwise}"
    return datetime.fromisoformat(whole).replace(tzinfo=SHANGHAI)


def sha256(text: str) -> str:
    """The hash of bytes that a story only names."""
    return hashlib.sha256(text.encode()).hexdigest()


class _Teller:
    """Makes the facts of one story."""

    def __init__(self, story_id: str, title: str, told: dict[str, Any]) -> None:
        self._id = story_id
        self._title = title
        self._told = told
        given = {"kind": "dept_county", "valid_from": "2024-01-01", "columns": ["A"]}
        self._roster: dict[str, Any] = {**given, **told.get("agency", {})}

    def story(self) -> Story:
        begins = {"day": self._told.get("from", "2025-01-02 08:00"), "roster": {}}
        facts: list[Event] = []
        shown: list[Shown] = []
        for line, entry in enumerate([begins, *self._told["days"]]):
            (verb,) = [one for one in _VERBS if one in entry]
            if verb == "shows":
                shown.append(self._shown(entry))
            else:
                body = getattr(self, f"_{verb}_")(**{k: v for k, v in entry.items() if k != "day"})
                at = moment(entry["day"])
                event_id = entry.get("id") or derived_id(self._id, "story", str(line))
                facts.append(record(body, id=event_id, at=at))
        return Story(
            id=self._id,
            title=self._title,
            world=self._told.get("world", "main"),
            facts=tuple(facts),
            shown=tuple(shown),
        )

    def _shown(self, entry: dict[str, Any]) -> Shown:
        return Shown(
            story=self._id,
            at=moment(entry["day"], EVENING),
            states=entry["shows"] or {},
            open=tuple(sorted(entry.get("open", ()))),
            says=tuple(entry.get("says", ())),
            never_says=tuple(entry.get("never_says", ())),
            late=tuple(entry["late"]) if "late" in entry else None,
        )

    def _url(self, place: str) -> str:
        return f"http://127.0.0.1/{self._id}/{place}"

    def _roster_name(self) -> str:
        return str(self._roster.get("name", NAMES[self._roster["kind"]]))

    def _roster_entry(self) -> Agency:
        given = dict(self._roster)
        columns = tuple(self._url(one) for one in given.pop("columns"))
        waived = tuple(Waiver(**one) for one in given.pop("waived", ()))
        former = tuple(given.pop("former_names", ()))
        name = given.pop("name", NAMES[given["kind"]])
        return Agency(
            id=self._id, name=name, columns=columns, waived=waived, former_names=former, **given
        )

    def _roster_(self, roster: dict[str, Any]) -> Body:
        self._roster |= roster
        return events.AgencyRegistered(agency=self._roster_entry())

    def _removed_(self, removed: str) -> Body:
        return events.AgencyRemoved(agency_id=self._id, reason=removed)

    def _whole_(
        self, whole: str, lists: Sequence[int] = (), unclear: int = 0, **other: Any
    ) -> Body:
        return self._page(whole, whole=True, announced=tuple(lists), unclear=unclear, **other)

    def _part_(self, part: str, lists: Sequence[int] = (), unclear: int = 0, **other: Any) -> Body:
        return self._page(part, announced=tuple(lists), unclear=unclear, **other)

    def _fails_(self, fails: str, outcome: str = "failed", **other: Any) -> Body:
        return self._page(fails, outcome=outcome, error="打不开", **other)

    def _page(self, column: str, outcome: str = "read", **given: Any) -> Body:
        return events.PageChecked(
            agency_id=self._id,
            url=self._url(column),
            outcome=outcome,  # type: ignore[arg-type]
            **given,
        )

    def _read_(
        self,
        read: int,
        at: str | None = None,
        printed: str | None = None,
        bytes: str | None = None,  # noqa: A002
        reader: str = "1",
        found: str | None = None,
        called: str | None = None,
        **figures: Any,
    ) -> Body:
        name = self._bytes(read, at, bytes)
        return events.ReportRead(
            posted_id=sha256(f"posted {name} {found}")[:32],
            sha256=sha256(name),
            media="html",
            reader=reader,
            agency_id=self._id,
            year=read,
            assigned_by="list",
            report=self._report(read, printed, called, **figures),
            document_sha256=sha256(f"document of {name}"),
            url=self._url(at) if at else None,
            published_on=printed,
            **self._found(found),
        )

    def _refused_(
        self,
        refused: str,
        at: str | None = None,
        year: int | None = None,
        bytes: str | None = None,  # noqa: A002
        found: str | None = None,
    ) -> Body:
        name = self._bytes(year, at, bytes)
        return events.ReportRejected(
            posted_id=sha256(f"posted {name} {found}")[:32],
            sha256=sha256(name),
            media="pdf",
            reader="1",
            status=refused,  # type: ignore[arg-type]
            reason=Reason("scanned", "扫描件，没有文字层。"),
            agency_id=self._id,
            year=year,
            url=self._url(at) if at else None,
            **self._found(found),
        )

    def _found(self, found: str | None) -> dict[str, Any]:
        return {"found_at": moment(found)} if found else {}

    def _withdrawn_(self, withdrawn: str, bytes: str = "", status: int = 404) -> Body:  # noqa: A002
        return events.ReportWithdrawn(
            agency_id=self._id,
            url=self._url(withdrawn),
            sha256=sha256(bytes),
            http_status=status,
        )

    def _bytes(self, year: int | None, at: str | None, name: str | None) -> str:
        return f"{self._id} {name or f'{year} {at}'}"

    def _report(
        self,
        year: int,
        printed: str | None,
        called: str | None,
        carried: tuple[int, int] = (0, 0),
        norms: tuple[int, int, int] = (0, 0, 0),
        **other: Any,
    ) -> Report:
        """A report without a fault; `carried` is what came over and what goes forward."""
        name = called or self._roster_name()
        fields = {
            "agency": name,
            "title": f"{name}{year}年政府信息公开工作年度报告",
            "published_on": printed,
            **other.pop("report", {}),
        }
        cells = {**_flow(*carried), **other.pop("set", {})}
        if year > _LAST_OF_OLD_FORM:
            names = ("issued", "repealed", "in_force")
            stock = dict(zip(names, norms, strict=True))
            cells |= {f"disclosure.normative_documents.{one}": n for one, n in stock.items()}
        return build({"year": year, **other, "set": cells, "report": fields})


def _flow(over: int, forward: int) -> dict[str, int]:
    """The rows of the invented report that change when only natural persons' requests go over."""
    granted, done = 29 + over - forward, 80 + over - forward
    rows = {
        "carried_over": (over, 0),
        "results.granted": (granted, 5),
        "results.total": (done, 12),
        "carried_forward": (forward, 0),
    }
    cells = {}
    for row, (natural, commercial) in rows.items():
        cells[f"applications.{row}.natural_person"] = natural
        cells[f"applications.{row}.commercial_enterprise"] = commercial
        cells[f"applications.{row}.total"] = natural + commercial
    return cells
