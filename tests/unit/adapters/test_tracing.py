"""Trace ids follow from the ids of events, so that what is written again says the same."""

from __future__ import annotations

import pytest

from duban.adapters.kafka.tracing import trace_in, trace_of, traceparent

KNOWN = "0af7651916cd43dd8448eb211c80319c"


def test_an_event_that_follows_from_nothing_begins_a_trace() -> None:
    header = traceparent("", "event")

    assert header == traceparent("", "event")
    assert trace_in(header) == trace_of("event")


def test_what_follows_belongs_to_the_same_trace_under_a_span_of_its_own() -> None:
    one, other = traceparent(KNOWN, "one"), traceparent(KNOWN, "other")

    assert trace_in(one) == trace_in(other) == KNOWN
    assert one.split("-")[2] != other.split("-")[2]


@pytest.mark.parametrize("header", ["", "00-xyz", f"00-{'0' * 32}-{'1' * 16}-01", "ff" * 40])
def test_what_other_programs_write_is_not_believed(header: str) -> None:
    assert trace_in(header) == ""
