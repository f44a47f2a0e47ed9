"""`duban samples`: invented reports with known truth."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import cast

import click

from duban.cli import portal
from duban.errors import UsageError

EPILOG = """
\b
示例 / examples:
  duban samples make build/样本 --agencies 50 --years 2022-2024
  duban samples make build/样本 --format docx --format pdf --faults 0.5 --seed 7
  duban samples make build/五万 --reports 50000 --gaps 0.02    两核约 10 分钟，3.3 GB
"""
FORMATS = ("html", "docx", "pdf", "text", "markdown")
YEARS = (2022, 2023, 2024)
MANY_YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
MOST_AGENCIES = 50_000


class Years(click.ParamType):
    """`2022-2024`, `2020,2023` or a single year."""

    name = "years"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        years: set[int] = set()
        for piece in str(value).split(","):
            if not (match := re.fullmatch(r"\s*(\d{4})\s*(?:-\s*(\d{4})\s*)?", piece)):
                self.fail(f"年份应写成 2022-2024 或 2020,2023，实际为“{value}”。", param, ctx)
            first, last = int(match[1]), int(match[2] or match[1])
            if not 2019 <= first <= last <= 2100:
                self.fail(f"年份应在 2019 至 2100 之间、先小后大，实际为“{value}”。", param, ctx)
            years.update(range(first, last + 1))
        return tuple(sorted(years))


@click.group("samples")
def command() -> None:
    """生成带标准答案的虚构年报 / invented reports with known truth."""


command.add_command(portal.command)


@command.command("make", epilog=EPILOG)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="目录")
@click.option(
    "--seed", default=1, show_default=True, help="同一个数得到同样的文件 / same seed, same bytes"
)
@click.option(
    "--agencies",
    type=click.IntRange(1, MOST_AGENCIES),
    default=50,
    show_default=True,
    help="机关个数 / number of agencies",
)
@click.option(
    "--years",
    type=Years(),
    show_default="2022-2024，给出 --reports 时 2019-2024",
    help="报告年度 / report years",
)
@click.option(
    "--reports",
    type=click.IntRange(1),
    help="年报份数，代替 --agencies / number of reports instead of agencies",
)
@click.option(
    "--faults",
    type=click.FloatRange(0, 1),
    default=0.3,
    show_default=True,
    help="植入错误的年报占比 / share of reports with a planted fault",
)
@click.option(
    "--gaps",
    type=click.FloatRange(0, 1),
    default=0.0,
    show_default=True,
    help="故意缺少的年报占比 / share of reports left out on purpose",
)
@click.option(
    "--format",
    "formats",
    type=click.Choice(FORMATS),
    multiple=True,
    help="文件格式，可多次给出；默认 html、docx、pdf / formats",
)
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=lambda: min(8, os.cpu_count() or 1),
    show_default="处理器个数，至多 8",
    help="同时工作的进程数，不影响结果 / processes; they do not change the result",
)
def make(
    directory: Path,
    seed: int,
    agencies: int,
    years: tuple[int, ...] | None,
    reports: int | None,
    faults: float,
    gaps: float,
    formats: tuple[str, ...],
    processes: int,
) -> None:
    """生成若干虚构的县：网站栏目、网页、docx、pdf 年报和标准答案 truth.json。

    Makes list pages, reports and truth.json with every cell and every planted fault. Interrupted,
    it goes on when called again with the same arguments.
    """
    years = years or (YEARS if reports is None else MANY_YEARS)
    agencies = agencies if reports is None else _agencies_for(reports, years)
    ours = any((directory / name).exists() for name in ("truth.json", "parts"))
    if directory.exists() and any(directory.iterdir()) and not ours:
        raise UsageError(f"目录 {directory} 不是空的，也不是先前生成的样本：请换一个目录。")
    made = build(
        directory, seed, agencies, years, faults, formats or ("html", "docx", "pdf"),
        gaps=gaps, reports=reports, processes=processes,
    )  # fmt: skip
    click.echo(made)


def _agencies_for(reports: int, years: tuple[int, ...]) -> int:
    agencies = -(-reports // len(years))
    if agencies > MOST_AGENCIES:
        raise UsageError(
            f"{reports} 份年报需要 {agencies} 个机关，最多 {MOST_AGENCIES} 个："
            "请用 --years 增加年度。"
        )
    return agencies


def build(
    directory: Path,
    seed: int,
    agencies: int,
    years: tuple[int, ...],
    faults: float,
    formats: tuple[str, ...],
    *,
    gaps: float = 0.0,
    reports: int | None = None,
    processes: int = 1,
) -> str:
    """Make the counties with a progress bar on stderr; returns one sentence that sums it up."""
    try:
        import docx  # noqa: F401 - found here, told with the command that installs it
        import reportlab  # noqa: F401 - likewise
    except ImportError as missing:
        raise UsageError(
            f"缺少 {missing.name}：请运行 pip install 'duban[samples]' 后再试。"
        ) from missing

    from duban.samples.making import Format
    from duban.samples.making import make as make_counties

    whole = agencies * len(years) if reports is None else reports
    with click.progressbar(length=whole, label="生成年报", file=sys.stderr) as bar:
        try:
            summary = make_counties(
                directory,
                seed=seed,
                agencies=agencies,
                years=years,
                fault_rate=faults,
                formats=cast("tuple[Format, ...]", formats),
                gap_rate=gaps,
                reports=reports,
                processes=processes,
                progress=lambda done, _: bar.update(done - bar.pos),
            )
        except KeyboardInterrupt:
            click.echo(f"\n已生成约 {bar.pos} 份；用同样的参数再次运行，会接着生成。", err=True)
            raise
    kinds = "，".join(f"{name} {count}" for name, count in sorted(summary.by_format.items()))
    missing_years = f"，故意缺少 {summary.missing} 份" if summary.missing else ""
    return (
        f"已生成 {summary.reports} 份年报（{kinds}）{missing_years}，"
        f"植入错误 {summary.faults.total()} 处；标准答案：{directory / 'truth.json'}"
    )
