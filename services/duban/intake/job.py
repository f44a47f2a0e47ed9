"""What crosses the border between the parent and a reading process: bytes in, values out."""

from __future__ import annotations

import msgspec

from duban.domain.document import Document
from duban.domain.finding import Context, Judgement
from duban.domain.report import Reading


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Untrusted bytes to read; with `context` they are judged too.

    `keep_document` asks for the document's blocks beside what was understood of them.
    """

    data: bytes
    context: Context | None = None
    keep_document: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a job. `fault` is the traceback of a fault of ours, the reading then empty."""

    reading: Reading
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
    documents_per_worker: int = 500


#: Files above this size are not read at all; the largest real reports are scans of some 10 MB.
MAX_BYTES = 64 * 1024 * 1024
