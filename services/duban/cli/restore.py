"""`duban restore`: a data folder from a backup."""

from __future__ import annotations

from pathlib import Path

import click

EPILOG = """
\b
示例 / examples:
  duban restore /备份/督办-20260201.zip --data /var/lib/duban-恢复
  duban serve --no-crawl --data /var/lib/duban-恢复
"""


@click.command("restore", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    required=True,
    metavar="目录",
    show_envvar=True,
    help="空目录或新目录 / an empty or new folder",
)
def command(file: Path, data: Path) -> None:
    """从备份恢复到空目录或新目录：逐份核对，全部无误才放到位。

    Restores a backup into an empty or new folder: all of it, or nothing.
    """
    from duban.adapters.embedded.restore import restore
    from duban.cli.output.stage import Stages

    stages = Stages()
    try:
        found = restore(file, data, told=stages)
    finally:
        stages.clear()
    click.echo(
        f"已恢复到 {data}：事件 {sum(found.counts.values())} 条，原文 {len(found.members) - 1} 份，"
        f"备份于 {found.made_at}。下次启动时从事件记录重建视图。"
    )
    if found.missing:
        click.echo(f"备份时有 {len(found.missing)} 份原文已经缺失。", err=True)
