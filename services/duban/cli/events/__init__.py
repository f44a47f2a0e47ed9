"""`duban events`: look through the history, hand it on, and mend what was set aside."""

from __future__ import annotations

import click

from duban.cli.events.aside import list_aside, retry
from duban.cli.events.browsing import list_events, show, tail
from duban.cli.events.files import export, verify

EPILOG = """
\b
示例 / examples:
  duban events tail                            看正在发生的事
  duban events list --agency caizheng --limit 20
  duban events show 3f2a9c1e                   一个事件的全文、起因和后续
  duban events export 事件.jsonl               导出全部事件，逐行封存
  duban events verify 事件.jsonl               导出的文件是否被改过
  duban events set-aside                       搁置了哪些事件，为什么
  duban events retry 3f2a9c1e --reason 已升级
"""


@click.group("events", epilog=EPILOG)
def command() -> None:
    """查看、导出事件；处理搁置的事件 / look through the history of events."""


for _one in (tail, list_events, show, export, verify, list_aside, retry):
    command.add_command(_one)
