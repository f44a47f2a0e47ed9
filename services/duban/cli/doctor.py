"""`duban doctor`: what is wrong with this installation and its servers, and what mends it."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from duban.cli import options
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS

if TYPE_CHECKING:
    from duban.doctor.examination import Profile
    from duban.doctor.finding import Finding

EPILOG = """
\b
只查看，不改动；唯一写入的是往远程原文库存一份空的原文（DUBAN_BLOBS_URL 不是目录时）。
服务器的设置见 docs/reference/settings.md。
退出码：0 都正常（“留意”不算），1 有必须改正的，2 用法不对。
示例 / examples:
  duban doctor --data /var/lib/duban
  duban doctor --profile distributed --kafka 127.0.0.1:9092
  duban doctor --profile distributed --json
"""
_SAID = {"good": "正常 ok   ", "note": "留意 note ", "wrong": "须改 WRONG"}


@click.command("doctor", epilog=EPILOG)
@options.profile("单机，还是连同 Kafka、Elasticsearch、Kibana / one machine, or with the servers")
@options.data(file_okay=True)
@options.rules
@options.alerts
@options.kafka
@click.option("--json", "as_json", is_flag=True, help="每行一个 JSON 对象 / one JSON object a line")
def command(
    profile: Profile,
    data: Path,
    rules: Path | None,
    alerts: Path | None,
    kafka: str | None,
    as_json: bool,
) -> None:
    """检查安装、数据和各服务器，逐项说明正常与否、用什么命令改正。

    Looks at the installation, the data and the servers; each line says what, where, and which
    command mends it.
    """
    from duban.doctor.examination import Asked, examine

    for chatty in ("kafka", "elastic_transport"):
        logging.getLogger(chatty).setLevel(logging.CRITICAL)  # what goes wrong is told by us, once
    asked = Asked(
        profile=profile, data=data, rules=rules, alerts=alerts, kafka=kafka,
        environment=os.environ, known=frozenset(known_variables()),
    )  # fmt: skip
    count = {"good": 0, "note": 0, "wrong": 0}
    for one in examine(asked):
        count[one.state] += 1
        click.echo(msgspec.json.encode(one).decode() if as_json else line(one))
    if not as_json:
        click.echo(
            f"{count['wrong']} 项须改，{count['note']} 项留意，{count['good']} 项正常 / "
            f"{count['wrong']} to mend, {count['note']} to note, {count['good']} good"
        )
    click.get_current_context().exit(EXIT_FINDINGS if count["wrong"] else EXIT_CLEAN)


def line(one: Finding) -> str:
    """A finding in one line: state, what, where, both languages, and the command that mends it."""
    where = f" {one.where}" if one.where else ""
    said = one.zh if one.zh == one.en else f"{one.zh} / {one.en}"
    mend = f"  → {one.mend}" if one.mend else ""
    return f"{_SAID[one.state]}  {one.about}{where}：{said}{mend}"


def known_variables() -> Iterator[str]:
    """Every variable of the environment that the program or its tests look at."""
    from duban.cli import group
    from duban.config_list import variables
    from duban.config_source import FILE

    yield FILE
    yield from ("DUBAN_TEST_KAFKA", "DUBAN_TEST_ELASTIC", "DUBAN_SAMPLES")
    yield from variables()
    yield from _of(group, ("DUBAN",))


def _of(command: click.Command, path: tuple[str, ...]) -> Iterator[str]:
    context = click.Context(command, info_name=path[-1])
    for parameter in command.params:
        given = parameter.envvar or "_".join((*path, parameter.name or "")).upper()
        yield from [given] if isinstance(given, str) else given
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _of(child, (*path, name))
