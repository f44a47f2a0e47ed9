"""Reports without their tables: all that the full text needs of a reading, much sooner decoded."""

from __future__ import annotations

import msgspec

from duban.adapters.embedded import bigram
from duban.domain import event as events
from duban.domain.event import Event, ReportRead
from duban.domain.report import Passage, Report

_MARK = b'"name":"report.read"'
_MARK_WITHIN = 300  # an event begins with its id and name


class _Prose(msgspec.Struct, frozen=True):
    title: str | None = None
    published_on: str | None = None
    passages: tuple[Passage, ...] = ()


class _Body(msgspec.Struct, frozen=True):
    posted_id: str
    sha256: str
    media: str
    agency_id: str
    year: int
    report: _Prose
    document_sha256: str
    url: str | None = None
    published_on: str | None = None
    found_at: events.Aware | None = None


class _Wire(msgspec.Struct, frozen=True):
    id: str
    name: str
    version: int
    key: str
    at: events.Aware
    body: msgspec.Raw
    cause: str | None = None


class _Line(msgspec.Struct, frozen=True):
    text: str


class _Lines(msgspec.Struct, frozen=True):
    title: str | None = None
    passages: tuple[_Line, ...] = ()


class _Told(msgspec.Struct, frozen=True):
    report: _Lines


class _ToldWire(msgspec.Struct, frozen=True):
    name: str
    version: int
    body: _Told


_TOLD = msgspec.json.Decoder(_ToldWire)
_WIRE = msgspec.json.Decoder(_Wire)
_BODY = msgspec.json.Decoder(_Body)


def decode(data: bytes) -> Event:
    """The event, as the log decodes it; a report read keeps only title, date and prose."""
    if _MARK in data[:_MARK_WITHIN]:
        try:
            wire = _WIRE.decode(data)
            if (wire.name, wire.version) == events.CURRENT[ReportRead]:
                return _light(wire, _BODY.decode(wire.body))
        except msgspec.MsgspecError:
            pass  # the log says what is wrong with it
    return events.decode(data)


def told(data: bytes) -> str:
    """The prose of a recorded reading, as `searchable` tells it; empty for any other event."""
    if _MARK in data[:_MARK_WITHIN]:
        try:
            wire = _TOLD.decode(data)
            if (wire.name, wire.version) == events.CURRENT[ReportRead]:
                return searchable(wire.body.report)
        except msgspec.MsgspecError:
            pass  # the log says what is wrong with it
    body = events.decode(data).body
    return searchable(body.report) if isinstance(body, ReportRead) else ""


def searchable(report: Report | _Lines) -> str:
    """The prose of a report as it is searched and shown in snippets, a paragraph a line."""
    lines = [report.title or "", *[passage.text for passage in report.passages]]
    return bigram.clean("\0".join(lines)).replace("\0", "\n").strip("\n")


def _light(wire: _Wire, body: _Body) -> Event:
    report = Report(
        agency=None,
        year=body.year,
        regime=None,
        title=body.report.title,
        published_on=body.report.published_on,
        passages=body.report.passages,
    )
    read = ReportRead(
        posted_id=body.posted_id,
        sha256=body.sha256,
        media=body.media,
        reader="",
        agency_id=body.agency_id,
        year=body.year,
        assigned_by="list",
        report=report,
        document_sha256=body.document_sha256,
        url=body.url,
        published_on=body.published_on,
        found_at=body.found_at,
    )
    return Event(id=wire.id, key=wire.key, at=wire.at, body=read, cause=wire.cause)
