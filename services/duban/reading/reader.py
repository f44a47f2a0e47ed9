"""Bytes to report: the format's reader, then one reader for all formats."""

from __future__ import annotations

from typing import NamedTuple

from duban.domain.document import Document
from duban.domain.report import Reading, Reason
from duban.errors import UnreadableError
from duban.reading.sniff import sniff


class Read(NamedTuple):
    """The result of reading bytes, with the document it was read from, if there is one."""

    reading: Reading
    document: Document | None


def read(data: bytes) -> Read:
    """What a file is and, if it is a report, what it says. Never raises for bad input."""
    from duban.reading.formats import READERS

    media = sniff(data)
    try:
        document = READERS[media](data)
    except UnreadableError as error:
        reason = Reason(error.code, error.message)
        return Read(Reading(media=media, status="unreadable", reason=reason), None)
    return Read(read_document(document), document)


def read_document(document: Document) -> Reading:
    """What a document is and, if it is a report, what it says."""
    from duban.reading.classify import classify
    from duban.reading.report import read_report, survey

    found = survey(document)
    verdict = classify(found)
    if verdict is not None:
        status, reason = verdict
        return Reading(media=document.media, status=status, reason=reason)
    return Reading(media=document.media, status="report", report=read_report(found))
