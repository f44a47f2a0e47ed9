"""`duban events set-aside|retry`."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from duban.adapters.clock import SystemClock, last_recorded
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.history import History
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.retrying import INDEXER, ONLY_REBUILT, Retrying
from duban.cli import options
from duban.cli.clock import accept_clock_option
from duban.cli.events.opening import existing
from duban.cli.events.words import line
from duban.errors import UsageError
from duban.ports import SetAside


@contextmanager
def _opened(data: Path) -> Iterator[tuple[Database, SqliteStateStore]]:
    database = Database(existing(data))
    try:
        yield database, SqliteStateStore(database, Signal())
    finally:
        database.close()


@click.command("set-aside")
@options.data()
@click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def list_aside(data: Path, style: str) -> None:
    """搁置的事件：哪个、为什么、谁的 / what could not be handled, and why."""
    with _opened(data) as (database, states):
        rows = states.set_aside()
        past = History(database)
        if not rows and style == "text":
            click.echo("没有搁置的事件。", err=True)
        for unit, one in rows:
            if style == "json":
                told = {"unit": unit, **msgspec.to_builtins(one)}
                click.echo(msgspec.json.encode(told).decode())
                continue
            found = past.find(one.event_id)
            click.echo(line(found[0]) if found else f"{one.position:>8}  {one.event_id}")
            whose = f"，键 {one.key}" if one.key else ""
            click.echo(f"{'':10}由 {unit} 搁置{whose}：{one.cause}")


@click.command("retry")
@click.argument("event_ids", nargs=-1, metavar="[事件编号]...")
@options.data()
@click.option("--all", "every", is_flag=True, help="全部搁置的事件 / everything set aside")
@click.option(
    "--unit", metavar="单元", help="只限这个处理单元搁置的 / only what this unit set aside"
)
@click.option("--by", metavar="姓名", help="由谁要求，默认为当前用户 / who asks")
@click.option(
    "--reason", default="", metavar="缘由", help="为什么现在可以处理 / why it may work now"
)
@accept_clock_option
def retry(
    event_ids: tuple[str, ...],
    data: Path,
    every: bool,
    unit: str | None,
    by: str | None,
    reason: str,
    accept_clock: bool,
) -> None:
    """要求重新处理搁置的事件；编号可只写开头 / have what was set aside handled again.

    要求本身记为事实；正在运行的 duban serve 立即处理，否则下次启动时处理。
    """
    if every == bool(event_ids):
        raise UsageError("请给出事件编号，或用 --all 重试全部（duban events set-aside 列出编号）。")
    with _opened(data) as (database, states):
        chosen = _chosen(states, event_ids, unit, every=every)
        log = SqliteEventLog(database, Signal())
        clock = SystemClock(last_recorded(log), accept=accept_clock)
        retrying = Retrying(log, states, clock)
        asked = [
            one
            for name, one in chosen
            if name != INDEXER
            and retrying.ask(one.event_id, name, one.key, by=by or getpass.getuser(), reason=reason)
        ]
    click.echo(f"已要求重新处理 {len(asked)} 个事件；结果见 duban events set-aside。", err=True)
    if any(name == INDEXER for name, _ in chosen):
        raise UsageError(*ONLY_REBUILT)


def _chosen(
    states: SqliteStateStore, beginnings: tuple[str, ...], unit: str | None, *, every: bool
) -> list[tuple[str, SetAside]]:
    rows = [(name, one) for name, one in states.set_aside() if unit in (None, name)]
    for beginning in beginnings:
        if not any(one.event_id.startswith(beginning) for _, one in rows):
            raise UsageError(
                f"没有编号以“{beginning}”开头的搁置事件：用 duban events set-aside 查看现有的。"
            )
    return [row for row in rows if every or row[1].event_id.startswith(beginnings)]
