"""`duban events tail|list|show`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click
import msgspec

from duban.adapters.embedded.history import Entry, Filter, History
from duban.adapters.embedded.moment import SHANGHAI
from duban.cli import options
from duban.cli.events.opening import history
from duban.cli.events.words import line
from duban.domain.event import TOPICS
from duban.errors import UsageError

_LOOK_AGAIN_S = 0.5
_FOLLOWING_WITHIN = 20_000


def filter_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that choose events."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


_FILTERS = (
    click.option(
        "--topic",
        "topics",
        type=click.Choice(sorted(set(TOPICS.values()))),
        multiple=True,
        help="主题，可多次给出 / only these topics",
    ),
    click.option(
        "--name",
        "names",
        type=click.Choice(sorted(TOPICS)),
        multiple=True,
        metavar="事件名",
        help="如 finding.opened，可多次给出 / only these events",
    ),
    click.option(
        "--agency", "key", metavar="机关编号", help="只看一个机关（或一个键）/ only this key"
    ),
    click.option(
        "--since",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="日期",
        help="从这一天起 / from this day on",
    ),
    click.option(
        "--until",
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="日期",
        help="到这一天为止（含）/ up to and with this day",
    ),
)


def wanted(
    topics: tuple[Any, ...],
    names: tuple[str, ...],
    key: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Filter:
    """The filter that the options ask for; days are those of Asia/Shanghai."""
    if since and until and until < since:
        raise UsageError("--until 早于 --since：请调换两个日期。")
    return Filter(
        topics=topics,
        names=names,
        key=key,
        since=since.replace(tzinfo=SHANGHAI) if since else None,
        until=until.replace(tzinfo=SHANGHAI) + timedelta(days=1) if until else None,
    )


def _say(entry: Entry, style: str) -> None:
    if style == "json":
        said = {"position": entry.position, "topic": entry.topic, "event": _raw(entry)}
        click.echo(msgspec.json.encode(said).decode())
    else:
        click.echo(line(entry))


def _raw(entry: Entry) -> object:
    return msgspec.Raw(entry.data) if entry.head is not None else {"unreadable": entry.id}


format_option = click.option(
    "--format",
    "style",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="json：每行一个事件 / one event a line",
)


@click.command("list")
@options.data()
@filter_options
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    help="最多几个，取最后的 / at most so many, the last ones",
)
@format_option
def list_events(data: Path, limit: int, style: str, **asked: Any) -> None:
    """列出最后的事件，可按机关、名称、日期筛选 / the last events."""
    with history(data) as past:
        found = past.newest(wanted(**asked), limit)
    if not found:
        click.echo("没有符合条件的事件。", err=True)
    for entry in found:
        _say(entry, style)


@click.command("tail")
@options.data()
@filter_options
@click.option(
    "--limit", type=click.IntRange(0), default=10, show_default=True, help="先显示最后几个"
)
@click.option("--follow/--no-follow", default=True, show_default=True, help="等待新的事件")
@format_option
def tail(data: Path, limit: int, follow: bool, style: str, **asked: Any) -> None:
    """跟着看新事件，Ctrl-C 结束 / follow the history as it grows."""
    chosen = wanted(**asked)
    with history(data) as past:
        position = past.head()
        for entry in past.newest(chosen, limit) if limit else ():
            position = max(position, entry.position)
            _say(entry, style)
        try:
            while follow:
                position = _newer(past, position, chosen, style)
                time.sleep(_LOOK_AGAIN_S)
        except KeyboardInterrupt:
            return


def _newer(past: History, position: int, chosen: Filter, style: str) -> int:
    head = past.head()
    for entry in past.after(position, chosen):
        head = max(head, entry.position)
        _say(entry, style)
    sys.stdout.flush()
    return head


@click.command("show")
@click.argument("event_id", metavar="事件编号")
@options.data()
def show(event_id: str, data: Path) -> None:
    """一个事件的全文、起因和后续；编号可只写开头 / one event, its cause, what followed."""
    with history(data) as past:
        entry = _the_one(past, event_id)
        click.echo(line(entry))
        cause = entry.head.cause if entry.head else None
        for one in past.find(cause) if cause else ():
            click.echo(f"起因：{line(one)}")
        followed = past.following(entry, _FOLLOWING_WITHIN)
        for one in followed:
            click.echo(f"后续：{line(one)}")
        if past.head() - entry.position > _FOLLOWING_WITHIN:
            click.echo(f"（后续只查了其后 {_FOLLOWING_WITHIN} 个事件）")
        if entry.head is None:
            raise UsageError(f"事件 {entry.id} 的内容已损坏，无法显示：请用备份恢复。")
        click.echo(msgspec.json.format(entry.data, indent=2).decode())


def _the_one(past: History, beginning: str) -> Entry:
    found = past.find(beginning)
    if not found:
        raise UsageError(f"没有编号以“{beginning}”开头的事件：请用 duban events list 查看编号。")
    if len({entry.id for entry in found}) > 1:
        told = "、".join(entry.id[: len(beginning) + 6] for entry in found[:5])
        raise UsageError(f"有多个事件的编号以“{beginning}”开头（{told}…）：请多写几位。")
    return found[0]
