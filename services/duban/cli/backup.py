"""`duban backup`: everything kept, as one file, while the monitor runs."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from duban.cli import options
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS

EPILOG = """
\b
退出码：0 完整，1 已备份但有原文缺失，2 用法或数据有误。
示例 / examples:
  duban backup /备份/督办-20260201.zip --data /var/lib/duban
  duban backup 督办.zip --force              覆盖原有的备份
  duban backup 督办.zip --profile distributed    边缘的数据，连同共用的原文
"""
_SHOWN = 3


@click.command("backup", epilog=EPILOG)
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@options.data()
@options.profile(
    "distributed：边缘的数据，原文取自 DUBAN_BLOBS_URL / an edge, its originals from there"
)
@click.option("--force", is_flag=True, help="覆盖已有的文件 / overwrite")
def command(
    file: Path, data: Path, profile: Literal["embedded", "distributed"], force: bool
) -> None:
    """把数据目录备份成一个文件；duban serve 可以照常运行。

    Backs up the data folder to one file, also while it is in use.
    """
    from duban.adapters.blobs.opening import blob_store
    from duban.adapters.clock import SystemClock
    from duban.adapters.embedded.backup import back_up
    from duban.adapters.embedded.database import Database
    from duban.cli.events.opening import existing
    from duban.cli.output.stage import Stages
    from duban.config import BlobSettings
    from duban.config_servers import blob_settings

    own = str(data / "blobs")
    kept = BlobSettings(url=own) if profile == "embedded" else blob_settings(own)
    history = Database(existing(data))
    stages = Stages()
    try:
        made = back_up(
            history,
            blob_store(kept),
            file.absolute(),
            now=SystemClock().now(),
            force=force,
            told=stages,
        )
    finally:
        stages.clear()
        history.close()
    click.echo(
        f"已备份到 {file}：事件 {sum(made.counts.values())} 条，原文 {len(made.members) - 1} 份，"
        f"共 {file.stat().st_size} 字节。恢复用 duban restore {file} --data 新目录。"
    )
    if made.missing:
        click.echo(f"有 {len(made.missing)} 份原文不在或已损坏，没有收入：", err=True)
        for sha256 in made.missing[:_SHOWN]:
            click.echo(f"  {sha256}", err=True)
    click.get_current_context().exit(EXIT_FINDINGS if made.missing else EXIT_CLEAN)
