"""`duban events export|verify`."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from duban import __version__
from duban.adapters import event_file
from duban.adapters.embedded.history import Filter, History
from duban.adapters.embedded.moment import SHANGHAI
from duban.cli import options
from duban.cli.events.browsing import filter_options, wanted
from duban.cli.events.opening import history
from duban.errors import StorageError, UsageError


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
@options.data()
@filter_options
@click.option("--force", is_flag=True, help="覆盖已有文件 / overwrite")
def export(file: Path, data: Path, force: bool, **asked: Any) -> None:
    """把事件导出为逐行封存的 JSON 行，可交给他人核验 / write events to a sealed file."""
    if file.exists() and not force:
        raise UsageError(
            f"文件 {file} 已存在：请换一个名字，或加 --force 覆盖。",
            f"{file} exists: please choose another name, or overwrite it with --force.",
        )
    chosen = wanted(**asked)
    given = {name: str(value) for name, value in asked.items() if value}
    heading = event_file.Heading(
        format=event_file.FORMAT,
        program=__version__,
        written_at=datetime.now(SHANGHAI),
        filters=given,
    )
    part = file.with_name(file.name + ".part")
    with history(data) as past:
        try:
            with part.open("wb") as out:
                count = event_file.write(out, heading, _readable(past, chosen))
                out.flush()
                os.fsync(out.fileno())
            part.replace(file)
        except OSError as error:
            raise StorageError(
                f"文件 {file} 无法写入（{error.strerror}）：请检查路径、权限和空间。",
                f"{file} cannot be written ({error.strerror}): please check path, permissions and "
                "room.",
            ) from error
        finally:
            part.unlink(missing_ok=True)
    click.echo(f"已导出 {count} 个事件：{file}", err=True)


def _readable(past: History, chosen: Filter) -> Iterator[tuple[int, bytes]]:
    """What is meant, with a bar on standard error; damaged events are told, not written."""
    head = past.head()
    with click.progressbar(length=head, label="导出事件", file=sys.stderr) as bar:
        for entry in past.after(0, chosen):
            if entry.position > head:
                break
            bar.update(entry.position - bar.pos)
            if entry.head is None:
                click.echo(f"位置 {entry.position} 的事件已损坏，未导出。", err=True)
                continue
            yield entry.position, entry.data
        bar.update(head - bar.pos)


@click.command("verify")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="文件")
def verify(file: Path) -> None:
    """导出的事件文件是否与写出时一样 / is an exported file as it was written."""
    heading, count = event_file.verify(file)
    written = heading.written_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
    only = "（只含筛选过的事件）" if heading.filters else ""
    click.echo(f"完好：{count} 个事件{only}，由 duban {heading.program} 于 {written} 导出。")
