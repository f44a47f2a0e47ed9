"""`duban worker`: read, judge and index what lies on Kafka."""

from __future__ import annotations

from pathlib import Path

import click

from duban.cli import options
from duban.config_worker import WORKED

EPILOG = """
\b
同一条命令可在几台机器上各运行一个或几个，分区由它们分担，一个停了，其余接手：
  intake    读 posted 中的原件，结果写入 facts
  agency    按规则判定 facts，结论写入 conclusions 和 alerts
  indexer   把全部事件写入检索库
\b
Kafka 的设置见 duban topics --help；先运行一次 duban topics apply。
同一台机器上的每个 worker 要有自己的 --data 目录；丢了会从 Kafka 重建。
\b
退出码：0 正常结束（Ctrl-C 或 SIGTERM），2 用法不对或连接不上，3 程序自身出错。
示例 / examples:
  duban worker --kafka 127.0.0.1:9092 --data /var/lib/duban-worker
  duban worker --only agency
  duban worker --only intake,indexer --readers 4 --port 9470
"""


@click.command("worker", epilog=EPILOG)
@options.listed(
    "运行哪些单元，以逗号隔开 / which units to run, by commas",
    WORKED,
    ("单元", "units"),
    default=",".join(WORKED),
)
@options.data("状态目录，可以丢失 / the units' state; built anew when lost", default="duban-worker")
@options.blobs
@options.kafka
@click.option(
    "--readers",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    show_envvar=True,
    help="同时读取几份文件 / files read side by side",
)
@options.host("运行指标的地址 / address of /metrics, /healthz and /readyz")
@options.port("指标的端口，几个单元则依次加一 / port of the figures, then one more each", 9464)
@click.option(
    "--session",
    type=click.FloatRange(1, 300),
    default=30.0,
    show_default=True,
    show_envvar=True,
    metavar="秒",
    help="多久没有消息即由其他 worker 接手 / silence after which others take over",
)
@options.scrapers
@options.verbose
def command(
    only: tuple[str, ...],
    data: Path,
    blobs: str | None,
    kafka: str | None,
    readers: int,
    host: str,
    port: int,
    session: float,
    scrapers: tuple[str, ...],
    verbose: bool,
) -> None:
    """读取、判定、入库 Kafka 上的事件；Ctrl-C 结束，再次启动接着上次继续。

    Reads what was posted, judges the facts and fills the index, sharing partitions with the
    other workers.
    """
    from functools import partial

    from duban.cli import listening
    from duban.cli.extra import need
    from duban.config_servers import blob_settings
    from duban.config_source import kafka_settings
    from duban.config_worker import WorkerSettings

    settings = kafka_settings(kafka)
    originals = blob_settings(str(data / "blobs"), url=blobs)
    need("distributed", "kafka", "faust")
    from duban.distributed.worker import Place, work

    worker = WorkerSettings(
        data=data, units=only, host=host, port=port, readers=readers, session_s=session,
        scrapers=listening.networks(scrapers),
    )  # fmt: skip
    work(
        Place(kafka=settings, blobs=originals, worker=worker),
        begin=partial(listening.log_to_stderr, verbose=verbose),
        say=listening.say,
    )
    listening.say("已停止；下次启动从这里继续。")
