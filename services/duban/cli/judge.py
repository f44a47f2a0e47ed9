"""`duban judge`: the rules of a folder judge the whole archive again."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from duban.cli import options
from duban.cli.clock import accept_clock_option
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS, EXIT_INTERRUPTED

EPILOG = """
\b
退出码：0 已全部判定，1 有机关未能判定（已搁置），2 用法、规则或数据有误，130 已中断。
示例 / examples:
  duban judge --rulebook 我的规则/ --dry-run   试算，什么都不改
  duban judge --rulebook 我的规则/ --data /var/lib/duban
  duban judge --packaged                       改用程序自带的规则
"""


@click.command("judge", epilog=EPILOG)
@click.option(
    "--rulebook",
    type=click.Path(path_type=Path),
    metavar="目录",
    help="规则目录，连同其中的期限 / folder of rules, deadlines included",
)
@click.option("--packaged", is_flag=True, help="程序自带的规则 / the rules of the program")
@options.data()
@accept_clock_option
@click.option("--dry-run", is_flag=True, help="只试算，什么都不改 / change nothing")
@options.form
def command(
    rulebook: Path | None,
    packaged: bool,
    data: Path,
    accept_clock: bool,
    dry_run: bool,
    form: Literal["text", "json"],
) -> None:
    """发布一个目录中的规则和期限，并用它重新判定全部报告；中断后再次运行即接着做。

    此后一直执行这套规则，直到再次发布别的；duban serve 不会自行换掉。判定期间须停下 duban serve，
    试算不必。

    Releases the rules and deadlines of a folder and judges the whole archive by them.
    """
    from duban import assets
    from duban.adapters.clock import SystemClock, last_recorded
    from duban.adapters.embedded.judging import Judging, judge_again, standing
    from duban.adapters.embedded.rehearsal import rehearse
    from duban.adapters.embedded.store import EmbeddedStore
    from duban.cli.events.opening import existing
    from duban.cli.output import judged
    from duban.cli.output.stage import Stages
    from duban.errors import UsageError

    if packaged == (rulebook is not None):
        raise UsageError("请用 --rulebook 给出规则目录，或用 --packaged 改用程序自带的，二者取一。")
    if rulebook is not None and not rulebook.is_dir():
        raise UsageError(f"找不到目录 {rulebook}：请检查 --rulebook 的路径。")
    folder = rulebook or assets.find("rules")
    existing(data)
    stages = Stages()
    result: Judging | None = None
    line = judged.REHEARSAL_INTERRUPTED if dry_run else judged.NOT_BEGUN
    try:
        with EmbeddedStore(data) as store:
            clock = SystemClock(last_recorded(store.log), accept=accept_clock)
            try:
                if dry_run:
                    result = rehearse(store, folder, clock, stages)
                else:
                    with store.processing():
                        result = judge_again(store, folder, clock, stages, own=not packaged)
            except KeyboardInterrupt:
                line = line if dry_run else judged.interrupted(standing(store))
                raise
            finally:
                stages.clear()
    except KeyboardInterrupt:
        if result is None:
            click.echo(line, err=True)
            click.get_current_context().exit(EXIT_INTERRUPTED)
    assert result is not None
    click.echo(judged.as_json(result) if form == "json" else judged.as_text(result))
    is_whole = result.figures is None or not result.figures.set_aside
    click.get_current_context().exit(EXIT_CLEAN if is_whole else EXIT_FINDINGS)
