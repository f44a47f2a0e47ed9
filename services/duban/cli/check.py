"""`duban check`: read files, judge them, say what is wrong and where."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click
import msgspec

from duban import assets
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS
from duban.cli.output.progress import Progress
from duban.cli.output.public import Entry, entry
from duban.cli.output.writer import Format, writer
from duban.cli.source import Opened, Source, gather, open_source
from duban.domain.agency import KINDS, Kind
from duban.domain.finding import Context
from duban.domain.report import Reading, Report
from duban.errors import UsageError
from duban.intake.job import Answer, Job, JudgeJob, ReadJob
from duban.intake.perform import FAULT, unread
from duban.intake.sandbox import Sandbox

if TYPE_CHECKING:
    from duban.rulebook import Rulebook

EPILOG = """
\b
示例 / examples:
  duban check 年报.docx
  duban check 报送材料/ --format json > 结果.json
  duban check 2024年报.pdf --prior 2023年报.pdf --year 2024
  duban check 年报.html --agency 某市某区人民政府 --kind county_gov
  cat 年报.html | duban check -

\b
退出码 / exit codes:
  0 未发现错误或疑似问题    1 发现问题，或有文件不是可读的年报
  2 用法或路径有误          3 程序自身出错          130 已中断
"""


class ReadingFaultError(Exception):
    """A fault of ours met while reading; the text holds what the reading process told."""


# Each option can also be set by DUBAN_CHECK_<NAME>.
_option = partial(click.option, show_envvar=True)


@click.command("check", epilog=EPILOG)
@click.argument("files", nargs=-1, required=True, metavar="文件或目录...")
@_option(
    "--format",
    type=click.Choice(get_args(Format)),
    default="text",
    show_default=True,
    help="输出形式 / output format",
)
@_option("--all", is_flag=True, help="也列出未报错的核对结果 / list outcomes that are no failures")
@_option("--agency", metavar="名称", help="应属机关的全称 / full name of the agency")
@_option(
    "--year",
    type=click.IntRange(2008, 2100),
    metavar="年份",
    help="应报年度 / the year that is due",
)
@_option(
    "--kind",
    type=click.Choice(KINDS),
    metavar="类别",
    help=f"机关类别 / kind of agency: {', '.join(KINDS)}",
)
@_option(
    "--prior",
    multiple=True,
    metavar="文件",
    help="以前年度的年报，由远到近，可多次给出 / earlier years' reports, oldest first",
)
@_option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="规则目录，默认为自带规则 / folder of rules",
)
@_option(
    "--jobs",
    type=click.IntRange(1, 256),
    metavar="个数",
    help="并行进程数，默认为处理器数 / processes side by side",
)
@_option(
    "--lang",
    type=click.Choice(("zh", "en")),
    default="zh",
    show_default=True,
    help="文字输出的语言 / language of the text",
)
def command(
    files: tuple[str, ...],
    format: Format,  # noqa: A002 - the option's public name
    all: bool,  # noqa: A002 - the option's public name
    agency: str | None,
    year: int | None,
    kind: Kind | None,
    prior: tuple[str, ...],
    rules: Path | None,
    jobs: int | None,
    lang: str,
) -> None:
    """检查政府信息公开工作年度报告：缺什么、错在哪一格、可能应当是多少。

    Reads any number of files and directories (html, docx, pdf, text …), never touches the
    network, keeps going after a bad file.
    """
    sources = list(gather(files))
    _refuse_nothing(files, sources)
    folder = assets.find("rules", rules)
    workers = min(jobs or os.cpu_count() or 1, len(sources) + len(prior))
    faults: list[str] = []
    code = EXIT_CLEAN
    with (
        Progress(len(sources), lang) as progress,
        Sandbox(workers=workers, on_wait=progress.show) as readers,
    ):
        readers.start()
        rulebook = _rulebook(folder)
        context = Context(
            names=(agency,) if agency else (),
            year=year,
            kind=kind,
            prior=tuple(_prior(readers, prior)),
        )
        with (
            Sandbox(rules=folder, rulebook=rulebook, workers=1) as judge,
            writer(format, rulebook, lang) as out,
        ):
            for opened, answer in _answers(readers, sources):
                if answer is not None and answer.reading and answer.reading.report:
                    answer = _judged(judge, answer, context)
                if answer is not None and answer.fault:
                    faults.append(f"{opened.name}\n{answer.fault}")
                item = _entry(opened, answer, with_outcomes=all)
                progress.clear()
                out.write(item)
                progress.step()
                if _is_bad(item):
                    code = EXIT_FINDINGS
    if faults:
        raise ReadingFaultError("\n".join(faults))
    click.get_current_context().exit(code)


def _rulebook(folder: Path) -> Rulebook:
    """Loaded while the reading processes make ready, hence imported only now."""
    from duban.rulebook import load

    return load(folder)


def _refuse_nothing(files: Sequence[str], sources: Sequence[Source]) -> None:
    """Where no argument leads to a file, that is wrong use, not a clean result."""
    if not sources:
        raise UsageError(f"{'、'.join(files)} 里没有文件：请给出年报文件或含有年报的目录。")
    if all(source.problem is not None for source in sources):
        problems = [source.problem.message for source in sources if source.problem]
        raise UsageError(" ".join(problems))


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
