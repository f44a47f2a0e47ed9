"""`duban topics`: make and check the topics on Kafka, and fill new ones with what was recorded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click
import msgspec

from duban.cli import options
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS

if TYPE_CHECKING:
    from duban.adapters.kafka.admin import Drift

EPILOG = """
\b
设置由环境变量给出，也可写在 DUBAN_SETTINGS 所指的 YAML 文件的 kafka 一节：
  DUBAN_KAFKA_ADDRESS       主机:端口，可有几个，以逗号隔开
  DUBAN_KAFKA_PREFIX        主题名的前缀（默认 duban-）
  DUBAN_KAFKA_PARTITIONS    分区数（默认 12），建好后不能改
  DUBAN_KAFKA_REPLICATION   副本数（默认 1）
  DUBAN_KAFKA_TLS, _CA_FILE, _CERT_FILE, _KEY_FILE
  DUBAN_KAFKA_USER, _PASSWORD 或 _PASSWORD_FILE, _MECHANISM
\b
退出码：0 与声明一致，1 有不同，2 用法不对或连接不上。
示例 / examples:
  duban topics check --kafka 127.0.0.1:9092
  duban topics apply --kafka 127.0.0.1:9092
  duban topics check --format json
  duban topics resend --data /var/lib/duban-crawler    换了 Kafka 之后
"""

Form = Literal["text", "json"]


@click.group("topics", epilog=EPILOG)
def command() -> None:
    """建立、核对 Kafka 主题 / make the topics on Kafka and check them."""


@command.command("apply", epilog=EPILOG)
@options.kafka
@options.form
def apply_(kafka: str | None, form: Form) -> None:
    """建立缺少的主题，改正不同的设置；重复运行无妨。

    Makes missing topics and sets what differs; running it again changes nothing.
    """
    _tell("apply", kafka, form)


@command.command("check", epilog=EPILOG)
@options.kafka
@options.form
def check(kafka: str | None, form: Form) -> None:
    """核对主题与声明是否一致，逐项给出改正的命令；不作任何改动。

    Compares the topics with what is declared and names the command that mends each difference.
    """
    _tell("check", kafka, form)


@command.command("resend", epilog=EPILOG)
@options.kafka
@options.data("采集、页面或提醒进程的数据目录 / the folder of a crawler, pages or notifier")
@click.option(
    "--accept",
    is_flag=True,
    help="主题里已有的都是别的目录这次再交之后才有的 / what the topics hold came after another one",
)
def resend(kafka: str | None, data: Path, *, accept: bool) -> None:
    """换了 Kafka 或重建了主题之后，让一个边缘进程下次启动时把全部记录从头再交一遍。

    主题里要还是空的：有内容而没有 --accept 时拒绝。

    After topics were made anew: has a process of the edge hand all it recorded on again. The
    topics must be empty, or what they hold be accepted.
    """
    import logging

    from duban.cli.events.opening import existing
    from duban.cli.extra import need
    from duban.config_source import kafka_settings

    settings = kafka_settings(kafka)
    existing(data)
    need("distributed", "kafka")
    from duban.adapters.embedded.store import EmbeddedStore
    from duban.distributed.handed_on import hand_on_again
    from duban.distributed.worker import refuse_drift

    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what goes wrong is told by us, once
    with EmbeddedStore(data) as store, store.processing():
        refuse_drift(settings)
        count = hand_on_again(store, settings, accept=accept)
    click.echo(
        f"{data}：下次启动时从头再交，共 {count} 条事件 / handed on from the start when it starts"
    )


def _tell(work: Literal["apply", "check"], kafka: str | None, form: Form) -> None:
    import logging

    from duban.cli.extra import need
    from duban.config_source import kafka_settings

    settings = kafka_settings(kafka)
    need("distributed", "kafka")
    from duban.adapters.kafka import admin

    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what goes wrong is told by us, once
    drift = admin.apply(settings) if work == "apply" else admin.check(settings)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(drift)).decode())
    else:
        click.echo(as_text(drift))
    click.get_current_context().exit(EXIT_FINDINGS if drift.differences else EXIT_CLEAN)


def as_text(drift: Drift) -> str:
    """One line each: what was made and changed, what differs, and how all stands."""
    lines = [f"已建立 {name} / made" for name in drift.made]
    lines += [f"已改正 {name} / changed" for name in drift.changed]
    for one in drift.differences:
        said = f"{one.topic}：{one.setting} 应为 {one.declared}，实为 {one.found or '（无）'}"
        how = f"改正 / mend: {one.mend}" if one.mend else f"{one.why} / {one.why_english}"
        lines.append(f"{said}。{how}")
    if drift.differences:
        lines.append(
            f"{drift.topics} 个主题，{len(drift.differences)} 处与声明不同 / differences found"
        )
    else:
        lines.append(f"{drift.topics} 个主题与声明一致 / all topics are as declared")
    return "\n".join(lines)
