"""What crosses the border between the parent and a reading process: bytes in, values out."""

from __future__ import annotations

import msgspec

from duban.domain.document import Document
from duban.domain.finding import Context, Judgement
from duban.domain.report import Reading, Report


class ReadJob(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """Untrusted bytes to read; `keep_document` asks for the document's blocks too."""

    data: bytes
    keep_document: bool = False


class JudgeJob(msgspec.Struct, frozen=True, kw_only=True, tag="judge"):
    """A report to judge: its words come from outside, so it is judged inside as well."""

    report: Report
    context: Context


Job = ReadJob | JudgeJob


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job: a reading of a ReadJob, a judgement of a JudgeJob.

    A job that could not be done has a reading that says why. `fault` is the traceback of a fault
    of ours.
    """

    reading: Reading | None = None
    document: Document | None = None
    judgement: Judgement | None = None
    fault: str | None = None


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one document may cost. Processor time stops what runs away, also on a busy machine;
    the clock on the wall stops what merely hangs.
    """

    memory_bytes: int = 1536 * 1024 * 1024
    processor_s: int = 20
    wall_s: float = 60.0
    answer_bytes: int = 256 * 1024 * 1024
    documents_per_worker: int = 5000


#: Files above this size are not read at all; the largest real reports are scans of some 10 MB.
MAX_BYTES = 64 * 1024 * 1024
