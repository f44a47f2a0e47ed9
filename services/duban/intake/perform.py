"""The jobs themselves, done inside a confined process: the only place where bytes are parsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from duban.domain.agency import infer_kind
from duban.domain.finding import Context
from duban.domain.report import Reading, Reason, Report
from duban.intake.job import Answer, Job, JudgeJob, ReadJob

if TYPE_CHECKING:  # a process that reads does without the rulebook, and starts the sooner
    from duban.rulebook import Rulebook

TOO_MUCH_MEMORY = Reason("too_large", "文件展开后占用内存过多，未能读完：请拆分或压缩图片后重试。")
FAULT = Reason(
    "internal_error",
    "程序读取此文件时自身出错，不是文件的问题，也没有得出任何结论：请把错误记录反馈给维护人员。",
)


def reading() -> Callable[[Job], Answer]:
    """Make ready to read; imports now what the first document would otherwise wait for."""
    from duban.reading import classify, formats, reader, report, sniff  # noqa: F401 - see above

    def perform(job: Job) -> Answer:
        assert isinstance(job, ReadJob)
        try:
            result = reader.read(job.data)
        except MemoryError:
            raise
        except Exception:  # told as a fault of ours; the next file goes on
            return unread(FAULT, sniff.sniff(job.data), _fault())
        return Answer(
            reading=result.reading, document=result.document if job.keep_document else None
        )

    return perform


def judging(rulebook: Rulebook) -> Callable[[Job], Answer]:
    """Make ready to judge."""

    def perform(job: Job) -> Answer:
        assert isinstance(job, JudgeJob)
        try:
            judgement = rulebook.judge(job.report, _completed(job.context, job.report))
        except MemoryError:
            raise
        except Exception:  # as above
            return unread(FAULT, fault=_fault())
        crashed = "、".join(judgement.crashed)
        return Answer(
            judgement=judgement,
            fault=f"规则 {crashed} 运行出错，其余规则照常。" if crashed else None,
        )

    return perform


def unread(reason: Reason, media: str = "unknown", fault: str | None = None) -> Answer:
    """The answer for what could not be read or judged."""
    return Answer(reading=Reading(media=media, status="unreadable", reason=reason), fault=fault)


def _completed(context: Context, report: Report) -> Context:
    if context.kind is not None or report.agency is None:
        return context
    return msgspec.structs.replace(context, kind=infer_kind(report.agency))


def _fault() -> str:
    """What went wrong just now, for the log."""
    import traceback  # only now: no document without a fault waits for it

    return traceback.format_exc()
