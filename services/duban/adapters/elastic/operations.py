"""What is written of a subject: what it was until it changed, and what is so now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from duban.adapters.elastic import canonical, documents
from duban.adapters.elastic.bulk import Operation
from duban.adapters.elastic.changes import Change, Subject


class Head(msgspec.Struct, frozen=True):
    """The current document of a subject as it lies in the index."""

    number: int
    fields: Mapping[str, Any]


def operations_of(
    entry: str, subject: Subject, made: Sequence[Change], head: Head | None
) -> Iterable[Operation]:
    """What is to be written of a subject: what ended, and what is so now.

    What ended before the document there began was written with it.
    """
    fields: Mapping[str, Any] = head.fields if head else {}
    begun_us = from_us = int(fields["from_us"]) if head else 0
    is_whole = head is not None and head.number == made[0].number - 1
    for change in made:
        if change.ends is not None and is_whole and change.ends > begun_us:
            yield _operation(entry, subject, change.number - 1, from_us, fields, change.ends)
        fields = {**fields, **change.fields} if change.is_patch else change.fields
        is_whole, from_us = True, change.from_us
    yield _operation(entry, subject, made[-1].number, from_us, fields, None)


def _operation(
    entry: str,
    subject: Subject,
    number: int,
    from_us: int,
    fields: Mapping[str, Any],
    ends: int | None,
) -> Operation:
    whole = {
        **fields,
        **documents.derived(subject.model, fields),
        **documents.life(subject.id, number, from_us, ends),
    }
    own = documents.document_id(subject.id)
    return Operation(
        entry=entry,
        id=own if ends is None else f"{own}{documents.PAST}{number}",
        routing=subject.key,
        version=number,
        source=canonical.source(whole),
    )
