"""`duban check`: read files, judge them, say what is wrong and where."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import get_args

import click

from duban import assets
from duban.cli.output.format import Format
from duban.cli.source import Source, gather
from duban.domain.agency import KINDS, Kind
from duban.errors import UsageError
from duban.intake.sandbox import Sandbox

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
    with Sandbox(workers=workers) as readers:
        readers.start()
        # Imported only now: the reading processes make ready meanwhile.
        from duban.cli.checking import Request, run

        request = Request(
            sources=sources,
            prior=prior,
            rules=folder,
            format=format,
            language=lang,
            with_outcomes=all,
            agency=agency,
            year=year,
            kind=kind,
        )
        code = run(request, readers)
    click.get_current_context().exit(code)


def _refuse_nothing(files: Sequence[str], sources: Sequence[Source]) -> None:
    """Where no argument leads to a file, that is wrong use, not a clean result."""
    if not sources:
        raise UsageError(f"{'、'.join(files)} 里没有文件：请给出年报文件或含有年报的目录。")
    if all(source.problem is not None for source in sources):
        problems = [source.problem.message for source in sources if source.problem]
        raise UsageError(" ".join(problems))
