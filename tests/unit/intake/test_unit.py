"""Intake: one fact for each posting, the same one each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import pytest

from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.agency import Agency
from duban.domain.document import Document, Paragraph
from duban.domain.event import Event, ReportPosted, ReportRead, ReportRejected, record
from duban.domain.place import Place
from duban.domain.report import Reading, Reason, Report
from duban.intake.job import Answer, Job, ReadJob
from duban.intake.pool import ReadingPool
from duban.intake.unit import NAME, Intake, ReadingFaultError
from duban.ports import Recorded
from duban.testing.clock import MovableClock

AGENCY = Agency(id="f", name="望岚县财政局", kind="dept_county")
DOCUMENT = Document(media="text", blocks=(Paragraph(text="一、总体情况", at=Place(line=1)),))
REPORT = Report(agency="望岚县财政局", year=2023, title_year=2023, regime="R2021", title="年报")
GOOD = Answer(reading=Reading(media="text", status="report", report=REPORT), document=DOCUMENT)


def unreadable(code: str) -> Answer:
    return Answer(
        reading=Reading(media="pdf", status="unreadable", reason=Reason(code, "不能读。"))
    )


@pytest.fixture
def store(tmp_path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path) as store:
        yield store


Handle = Callable[..., Event]


@pytest.fixture
def handle(store: EmbeddedStore) -> Handle:
    def run(answer: Answer, **hints: object) -> Event:
        intake = Intake(lambda _: answer, store.blobs, MovableClock(), lambda: [AGENCY])
        [fact] = intake.handle(Recorded(1, posting(store.blobs, **hints)))
        return fact

    return run


def posting(blobs: FolderBlobStore, data: bytes = b"bytes", **hints: object) -> Event:
    body = ReportPosted(sha256=blobs.put(data), bytes=len(data), source="crawler", **hints)
    return record(body, id="p1", at=MovableClock().now())


def test_a_report_that_was_read_is_a_fact_of_its_agency_with_its_document_kept(handle, store):
    fact = handle(GOOD, agency_hint="f", year_hint=2023, url="http://a/", published_on="2024-01-05")

    body = fact.body
    assert isinstance(body, ReportRead)
    assert (fact.key, body.year, body.assigned_by, body.report) == ("f", 2023, "list", REPORT)
    assert (body.posted_id, body.url, body.published_on) == ("p1", "http://a/", "2024-01-05")
    assert msgspec.json.decode(store.blobs.get(body.document_sha256), type=Document) == DOCUMENT
    assert fact.cause == "p1"


def test_the_same_posting_read_again_says_nothing_new(handle, store):
    assert store.log.append([handle(GOOD, agency_hint="f")]) == 1
    assert store.log.append([handle(GOOD, agency_hint="f")]) == 0


@pytest.mark.parametrize("code", ["encrypted", "scanned", "timed_out"])
def test_what_cannot_be_read_is_rejected_with_the_reason_under_the_agency_of_the_list(handle, code):
    fact = handle(unreadable(code), agency_hint="f", year_hint=2023, title="某年报")

    body = fact.body
    assert isinstance(body, ReportRejected)
    assert (body.status, body.reason.code, body.agency_id) == ("unreadable", code, "f")
    assert (body.year, body.title, fact.key) == (2023, "某年报", "f")


def test_another_document_is_rejected_as_such(handle):
    other = Answer(
        reading=Reading(
            media="html", status="other_document", reason=Reason("error_page", "出错页面。")
        ),
        document=DOCUMENT,
    )

    assert handle(other, agency_hint="f").body.status == "other_document"


def test_a_report_of_nobody_we_know_waits_for_an_officer(handle):
    stranger = msgspec.structs.replace(
        GOOD,
        reading=msgspec.structs.replace(
            GOOD.reading, report=msgspec.structs.replace(REPORT, agency="别处财政局")
        ),
    )

    fact = handle(stranger)

    assert (fact.body.status, fact.body.agency_id) == ("unassigned", None)
    assert fact.key == fact.body.sha256


def test_a_fault_of_ours_is_raised_so_that_the_event_is_set_aside(handle):
    with pytest.raises(ReadingFaultError, match="KeyError"):
        handle(Answer(fault="KeyError"))


def test_real_bytes_go_through_the_pool_in_order(store):
    store.log.append(
        [
            record(
                ReportPosted(sha256=store.blobs.put(data), bytes=len(data), source="crawler"),
                id=f"p{number}",
                at=MovableClock().now(),
            )
            for number, data in enumerate((b"", b"%PDF-1.4 broken", b"\x00\x01\x02" * 50))
        ]
    )
    with ReadingPool(2) as pool:
        intake = Intake(pool.read, store.blobs, MovableClock(), lambda: [AGENCY])
        unit = store.effect(NAME, "posted", intake.handle, at_once=2)
        while unit.advance():
            pass

    facts = [one.event for one in store.log.read("facts")]
    assert [fact.cause for fact in facts] == ["p0", "p1", "p2"]
    assert {fact.body.status for fact in facts} == {"unreadable"}


def test_the_pool_serves_more_callers_than_it_has_processes():
    asked: list[Job] = [ReadJob(data=b"") for _ in range(5)]
    with ReadingPool(1) as pool:
        answers = [pool.read(job) for job in asked]

    assert {answer.reading.reason.code for answer in answers if answer.reading} == {"empty"}
