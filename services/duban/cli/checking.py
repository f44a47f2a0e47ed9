"""What `duban check` does once its reading processes are under way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS
from duban.cli.output.format import Format
from duban.cli.output.progress import Progress
from duban.cli.output.public import Entry, entry
from duban.cli.output.writer import writer
from duban.cli.source import Opened, Source, open_source
from duban.domain.agency import Kind
from duban.domain.finding import Context
from duban.domain.report import Reading, Report
from duban.errors import UsageError
from duban.intake.job import Answer, Job, JudgeJob, ReadJob
from duban.intake.perform import FAULT, unread
from duban.intake.sandbox import Sandbox
from duban.rulebook import load


class ReadingFaultError(Exception):
    """A fault of ours met while reading; the text holds what the reading process told."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of the command line, checked."""

    sources: Sequence[Source]
    prior: tuple[str, ...]
    rules: Path
    format: Format
    language: str
    with_outcomes: bool
    agency: str | None
    year: int | None
    kind: Kind | None


def run(request: Request, readers: Sandbox) -> int:
    """Write every document's result; returns the exit code.

    Raises ReadingFaultError at the end, when all is written, for faults of ours.
    """
    rulebook = load(request.rules)
    context = Context(
        names=(request.agency,) if request.agency else (),
        year=request.year,
        kind=request.kind,
        prior=tuple(_prior(readers, request.prior)),
    )
    faults: list[str] = []
    code = EXIT_CLEAN
    with (
        Progress(len(request.sources), request.language) as progress,
        Sandbox(rules=request.rules, rulebook=rulebook, workers=1) as judge,
        writer(request.format, rulebook, request.language) as out,
    ):
        readers.on_wait = progress.show
        for opened, answer in _answers(readers, request.sources):
            if answer is not None and answer.reading and answer.reading.report:
                answer = _judged(judge, answer, context)
            if answer is not None and answer.fault:
                faults.append(f"{opened.name}\n{answer.fault}")
            item = _entry(opened, answer, with_outcomes=request.with_outcomes)
            progress.clear()
            out.write(item)
            progress.step()
            if _is_bad(item):
                code = EXIT_FINDINGS
    if faults:
        raise ReadingFaultError("\n".join(faults))
    return code


def _prior(readers: Sandbox, names: Sequence[str]) -> Iterator[Report]:
    for name in names:
        opened = open_source(Source(name))
        if opened.data is None:
            raise UsageError(opened.problem.message if opened.problem else f"无法读取 {name}。")
        reading = readers.run(ReadJob(data=opened.data)).reading
        if reading is None or reading.report is None:
            why = reading.reason.message if reading and reading.reason else ""
            raise UsageError(f"--prior 给出的 {name} 不能作为以前年度的年报：{why}")
        yield reading.report


def _answers(readers: Sandbox, sources: Sequence[Source]) -> Iterator[tuple[Opened, Answer | None]]:
    """Each source in order with its answer; None for one that could not be opened."""
    queue: deque[Opened] = deque()

    def jobs() -> Iterator[Job]:
        for source in sources:
            opened = open_source(source)
            queue.append(_without_bytes(opened))
            if opened.data is not None:
                yield ReadJob(data=opened.data)

    def refused() -> Iterator[tuple[Opened, None]]:
        while queue and queue[0].problem is not None:
            yield queue.popleft(), None

    for answer in readers.map(jobs()):
        yield from refused()
        yield queue.popleft(), answer
    yield from refused()


def _judged(judge: Sandbox, answer: Answer, context: Context) -> Answer:
    """The reading with its judgement; a judgement that fails is our fault, not the file's."""
    assert answer.reading is not None
    assert answer.reading.report is not None
    judged = judge.run(JudgeJob(report=answer.reading.report, context=context))
    if judged.judgement is None:
        why = judged.reading.reason.message if judged.reading and judged.reading.reason else ""
        return unread(FAULT, answer.reading.media, judged.fault or why)
    return msgspec.structs.replace(answer, judgement=judged.judgement, fault=judged.fault)


def _without_bytes(opened: Opened) -> Opened:
    return Opened(name=opened.name, sha256=opened.sha256, size=opened.size, problem=opened.problem)


def _entry(opened: Opened, answer: Answer | None, *, with_outcomes: bool) -> Entry:
    reading = answer.reading if answer is not None else None
    if reading is None:
        reading = Reading(media="unknown", status="unreadable", reason=opened.problem)
    return entry(
        opened.name,
        reading,
        answer.judgement if answer is not None else None,
        sha256=opened.sha256,
        size=opened.size,
        with_outcomes=with_outcomes,
    )


def _is_bad(item: Entry) -> bool:
    return item.status != "report" or any(
        finding.severity in ("error", "warning") for finding in item.findings
    )
