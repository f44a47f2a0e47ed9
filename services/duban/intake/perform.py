"""One job, done inside a reading process: the only place where untrusted bytes are parsed."""

from __future__ import annotations

import traceback

import msgspec

from duban.domain.agency import infer_kind
from duban.domain.finding import Context
from duban.domain.report import Reading, Reason, Report
from duban.errors import UnreadableError
from duban.intake.job import Answer, Job
from duban.reading.reader import read
from duban.reading.sniff import sniff
from duban.rulebook import Rulebook

TOO_MUCH_MEMORY = Reason("too_large", "文件展开后占用内存过多，未能读完：请拆分或压缩图片后重试。")
FAULT = Reason(
    "internal_error",
    "程序读取此文件时自身出错，不是文件的问题，也没有得出任何结论：请把错误记录反馈给维护人员。",
)


def perform(job: Job, rulebook: Rulebook | None) -> Answer:
    """Read, and judge where a context is given. Raises MemoryError when the limit is reached."""
    try:
        result = read(job.data)
    except UnreadableError as error:
        return _unreadable(job.data, Reason(error.code, error.message))
    except MemoryError:
        raise
    except Exception:  # told as a fault of ours; the next file goes on
        return _unreadable(job.data, FAULT, traceback.format_exc())
    answer = Answer(reading=result.reading, document=result.document if job.keep_document else None)
    if job.context is None or result.reading.report is None or rulebook is None:
        return answer
    report = result.reading.report
    try:
        judgement = rulebook.judge(report, _completed(job.context, report))
    except MemoryError:
        raise
    except Exception:
        return _unreadable(job.data, FAULT, traceback.format_exc())
    return msgspec.structs.replace(answer, judgement=judgement)


def _completed(context: Context, report: Report) -> Context:
    if context.kind is not None or report.agency is None:
        return context
    return msgspec.structs.replace(context, kind=infer_kind(report.agency))


def _unreadable(data: bytes, reason: Reason, fault: str | None = None) -> Answer:
    return Answer(
        reading=Reading(media=sniff(data), status="unreadable", reason=reason), fault=fault
    )
