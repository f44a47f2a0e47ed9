"""The trace of an event in its headers, as the W3C's `traceparent` has it.

Ids follow from the ids of events, so that what is written again says the same. A fact that follows
from nothing begins a trace; whatever follows from it belongs to the same one.
"""

from __future__ import annotations

import hashlib
import re

_SAMPLED = "01"
_TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_of(event_id: str) -> str:
    """The id of the trace that an event begins."""
    return hashlib.sha256(event_id.encode()).hexdigest()[:32]


def traceparent(trace: str, event_id: str) -> str:
    """The header of an event of a trace, or of one that begins its own."""
    span = hashlib.sha256(f"span {event_id}".encode()).hexdigest()[:16]
    return f"00-{trace or trace_of(event_id)}-{span}-{_SAMPLED}"


def trace_in(header: str) -> str:
    """The trace that a header names; empty where it names none."""
    found = _TRACEPARENT.fullmatch(header)
    return found.group(1) if found and found.group(1).strip("0") else ""
