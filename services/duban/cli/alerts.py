"""`duban alerts`: what is alerted, who was told, what is kept quiet; and a message to try."""

from __future__ import annotations

import getpass
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import get_args

import click
import msgspec

from duban.adapters.clock import SystemClock, last_recorded
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.cli import options
from duban.cli.clock import accept_clock_option
from duban.cli.events.opening import existing
from duban.cli.events.words import told
from duban.domain.alert import AlertKind, Silence
from duban.domain.day import SHANGHAI
from duban.domain.event import Body, MessageDelivered, SilenceLifted, SilenceSet, record
from duban.domain.message import Message
from duban.errors import EventError, NotifyError, UsageError
from duban.notifying.account import Account, Listed

EPILOG = """
\b
示例 / examples:
  duban alerts list                                        未解除的提醒
  duban alerts show caizheng/2024/report                   一项提醒的全部经过
  duban alerts silence --agency caizheng --until 2026-03-31 --reason 机构改革
  duban alerts unsilence 5f0c
  duban alerts test --alerts 提醒.yaml                     向每个渠道试发一条
"""
_AT_ONCE = 1000
_KINDS = get_args(AlertKind)
_SAID = {"report": "报告有问题", "absent": "未见报告", "unreadable": "无法读取"}
_format = click.option(
    "--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_by = click.option("--by", metavar="姓名", help="由谁，默认为当前用户 / who asks")


@click.group("alerts", epilog=EPILOG)
def command() -> None:
    """查看、静默提醒，试发消息 / alerts, silences, a test message."""


@contextmanager
def _opened(data: Path, *, accept_clock: bool) -> Iterator[tuple[SqliteEventLog, SystemClock]]:
    database = Database(existing(data))
    try:
        log = SqliteEventLog(database, Signal())
        yield log, SystemClock(last_recorded(log), accept=accept_clock)
    finally:
        database.close()


def _account(log: SqliteEventLog) -> Account:
    events, last = [], 0
    while rows := log.read("alerts", last, _AT_ONCE):
        events += [row.event for row in rows]
        last = rows[-1].position
    return Account(events)


@command.command("list")
@options.data()
@click.option("--all", "every", is_flag=True, help="连同已解除的 / with those no longer open")
@accept_clock_option
@_format
def list_alerts(data: Path, every: bool, accept_clock: bool, style: str) -> None:
    """列出提醒和静默 / alerts and silences."""
    with _opened(data, accept_clock=accept_clock) as (log, clock):
        now = clock.now()
        account = _account(log)
    found = [one for one in account.listed(now) if every or one.is_open]
    if style == "json":
        for one in found:
            click.echo(msgspec.json.encode(_plain(one)).decode())
        return
    if not found:
        click.echo("没有未解除的提醒。", err=True)
    for one in found:
        click.echo(_line(one))
    for silence in account.silences(now):
        click.echo(f"静默 {silence.id[:8]}：{_scope(silence)}，至 {_day(silence.until)}，"
                   f"由 {silence.by}：{silence.reason}")  # fmt: skip


@command.command("show")
@click.argument("key", metavar="提醒")
@options.data()
@accept_clock_option
def show(key: str, data: Path, accept_clock: bool) -> None:
    """一项提醒的内容和经过；名称可只写开头 / one alert and all that happened with it."""
    with _opened(data, accept_clock=accept_clock) as (log, clock):
        found = [one for one in _account(log).listed(clock.now()) if one.key.startswith(key)]
    if not found:
        raise UsageError(f"没有名称以“{key}”开头的提醒：用 duban alerts list --all 查看。")
    for one in found:
        click.echo(_line(one))
        for line in one.alert.lines:
            sure = "错误" if line.severity == "error" else "疑似"
            click.echo(f"    {sure} {line.message}{f'（{line.rule}）' if line.rule else ''}")
        if one.alert.url:
            click.echo(f"    {one.alert.url}")
        for event in one.past:
            at = event.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
            click.echo(f"  {at}  {_past(event.body)}")


@command.command("silence")
@options.data()
@click.option("--agency", "agency_id", metavar="机关编号", help="只这一个机关 / one agency")
@click.option(
    "--jurisdiction", metavar="编号或地区", help="主管机关编号或地区开头 / a jurisdiction"
)
@click.option("--year", type=int, metavar="年度", help="只这一年度 / one year")
@click.option("--kind", type=click.Choice(_KINDS), help="只这一类提醒 / one kind of alert")
@click.option("--rule", metavar="规则", help="只这一条规则 / one rule")
@click.option("--all", "every", is_flag=True, help="全部提醒 / everything")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    required=True,
    metavar="日期",
    help="到这一天为止（含）/ up to and with this day",
)
@click.option("--reason", required=True, metavar="缘由", help="为什么 / why")
@_by
@accept_clock_option
def silence(
    data: Path,
    agency_id: str | None,
    jurisdiction: str | None,
    year: int | None,
    kind: AlertKind | None,
    rule: str | None,
    every: bool,
    until: datetime,
    reason: str,
    by: str | None,
    accept_clock: bool,
) -> None:
    """在一段时间内不发某些提醒；到期后仍存在的照发 / send nothing about some alerts for a while."""
    named = [agency_id, jurisdiction, year, kind, rule]
    if every == any(one is not None for one in named):
        raise UsageError("请说明静默哪些提醒（--agency、--year、--rule 等），或用 --all 静默全部。")
    end = until.replace(tzinfo=SHANGHAI) + timedelta(days=1)
    with _opened(data, accept_clock=accept_clock) as (log, clock):
        if end <= clock.now():
            raise UsageError("--until 早于今天：请给出今天或以后的日期。")
        one = Silence(
            id=uuid.uuid4().hex,
            by=by or getpass.getuser(),
            reason=reason,
            until=end,
            agency_id=agency_id,
            jurisdiction=jurisdiction,
            year=year,
            kind=kind,
            rule=rule,
        )
        _record(log, clock, SilenceSet(silence=one), one.id)
    click.echo(f"已静默 {_scope(one)}，至 {_day(end)}；解除：duban alerts unsilence {one.id[:8]}")


@command.command("unsilence")
@click.argument("beginning", metavar="静默编号")
@options.data()
@click.option("--reason", default="", metavar="缘由", help="为什么 / why")
@_by
@accept_clock_option
def unsilence(beginning: str, data: Path, reason: str, by: str | None, accept_clock: bool) -> None:
    """提前解除静默；编号可只写开头 / end a silence before its time."""
    with _opened(data, accept_clock=accept_clock) as (log, clock):
        found = [one for one in _account(log).silences(clock.now()) if one.id.startswith(beginning)]
        if len(found) != 1:
            what = "有多个静默的编号以" if found else "没有编号以"
            raise UsageError(f"{what}“{beginning}”开头：用 duban alerts list 查看现有的静默。")
        body = SilenceLifted(silence_id=found[0].id, by=by or getpass.getuser(), reason=reason)
        _record(log, clock, body, f"{found[0].id}/lifted")
    click.echo(f"已解除静默：{_scope(found[0])}")


@command.command("test")
@click.option(
    "--alerts",
    "plan_file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="文件",
    show_envvar=True,
    help="提醒配置 / the alerts file",
)
@click.option("--channel", "chosen", metavar="渠道", help="只试这个渠道 / only this channel")
def test(plan_file: Path, chosen: str | None) -> None:
    """向每个渠道试发一条标明“测试”的消息 / send one marked message to each channel."""
    from duban.adapters.notify.channels import channels_of
    from duban.notifying.plan_file import load

    channels = channels_of(load(plan_file, os.environ))
    if chosen is not None and chosen not in channels:
        raise UsageError(f"没有名为“{chosen}”的渠道，现有：{'、'.join(channels)}。")
    failed = 0
    for name, channel in channels.items():
        if chosen in (None, name):
            try:
                channel.send(_trial(name))
            except NotifyError as error:
                failed += 1
                click.echo(f"渠道“{name}”：{error}", err=True)
            else:
                click.echo(f"渠道“{name}”：已送出测试消息。")
    if failed:
        raise UsageError(f"{failed} 个渠道没有送出测试消息。")


def _trial(channel: str) -> Message:
    return Message(
        id=f"test-{uuid.uuid4().hex[:16]}",
        purpose="test",
        subject="【督办】测试消息，请忽略",
        text=f"这是渠道“{channel}”的测试，不涉及任何机关。\n\n—— English ——\n"
        f"This is a test of the channel {channel}; it is about no agency.",
        at=datetime.now(SHANGHAI),
    )


def _record(log: SqliteEventLog, clock: SystemClock, body: Body, event_id: str) -> None:
    problem = clock.problem()
    if problem is not None:
        raise EventError(problem.zh, problem.en)
    log.append([record(body, id=event_id, at=clock.now())])


def _line(one: Listed) -> str:
    alert = one.alert
    errors = sum(line.severity == "error" for line in alert.lines)
    doubts = len(alert.lines) - errors
    said = f"{_SAID[alert.kind]}（错误 {errors}，疑似 {doubts}）" if one.is_open else "已解除"
    heard = f"，已发 {len(one.told)} 次" if one.told else "，未发"
    quiet = f"，静默至 {_day(one.silence.until)}" if one.silence else ""
    return f"{one.key:<32} {alert.agency} {alert.year} 年度：{said}{heard}{quiet}"


def _past(body: Body) -> str:
    if isinstance(body, MessageDelivered):
        return f"经 {body.channel} 送出消息 {body.message_id[:8]}（路由 {body.route}）"
    return told(body)


def _scope(one: Silence) -> str:
    named = (
        one.agency_id,
        one.jurisdiction,
        f"{one.year} 年度" if one.year else None,
        _SAID[one.kind] if one.kind else None,
        one.rule,
    )
    return "、".join(str(part) for part in named if part) or "全部提醒"


def _day(until: datetime) -> str:
    """The last day of a silence that ends at a midnight."""
    return (until.astimezone(SHANGHAI) - timedelta(seconds=1)).date().isoformat()


def _plain(one: Listed) -> dict[str, object]:
    return {
        "key": one.key,
        "open": one.is_open,
        "alert": one.alert,
        "told": [{"at": event.at, **msgspec.to_builtins(event.body)} for event in one.told],
        "silence": one.silence,
    }
