"""`duban serve`: watch a roster and show what is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duban.bootstrap import Machine
    from duban.config import Settings
    from duban.domain.agency import Agency

EPILOG = """
\b
示例 / examples:
  duban serve --roster 名录.yaml --data /var/lib/duban
  duban serve --roster 名录.csv --interval 600 --contact admin@example.gov.cn
  duban serve --no-crawl --data /var/lib/duban        只看页面，不采集
  duban serve --roster 名录.yaml --alerts 提醒.yaml   另把新问题发给相关人员
  duban serve --roster 名录.yaml --profile distributed
      采集与页面；读取、判定、入库由 duban worker 承担。Kafka、Elasticsearch、
      原件存放处由 DUBAN_KAFKA_*、DUBAN_ELASTIC_*、DUBAN_BLOBS_* 给出
"""


@click.command("serve", epilog=EPILOG)
@click.option(
    "--roster",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    show_envvar=True,
    help="名录（YAML 或 CSV）/ the agencies to watch",
)
@click.option(
    "--profile",
    type=click.Choice(["embedded", "distributed"]),
    default="embedded",
    show_default=True,
    show_envvar=True,
    help="distributed：读取与判定由 duban worker 承担 / workers read and judge behind Kafka",
)
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("duban-data"),
    show_default=True,
    metavar="目录",
    show_envvar=True,
    help="数据目录 / where everything is kept",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    show_envvar=True,
    help="监听地址 / address to bind",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    show_envvar=True,
    help="监听端口 / port",
)
@click.option(
    "--name",
    "names",
    multiple=True,
    metavar="域名",
    show_envvar=True,
    help="页面还用哪些域名访问 / host names the pages answer to",
)
@click.option(
    "--interval",
    type=click.FloatRange(1),
    default=3600.0,
    show_default=True,
    metavar="秒",
    show_envvar=True,
    help="两轮采集的间隔 / seconds between two rounds",
)
@click.option(
    "--delay",
    type=click.FloatRange(0),
    default=1.0,
    show_default=True,
    metavar="秒",
    show_envvar=True,
    help="同一网站两次访问的间隔 / seconds between two requests to a host",
)
@click.option(
    "--contact",
    metavar="邮箱或网址",
    show_envvar=True,
    help="写进访问标识的联系方式 / contact told to the sites",
)
@click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="目录",
    show_envvar=True,
    help="规则目录 / folder of rules",
)
@click.option(
    "--alerts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    show_envvar=True,
    help="提醒配置：谁、经什么渠道收到什么；不给则不发 / who is told of what; none without it",
)
@click.option(
    "--allow-loopback",
    is_flag=True,
    show_envvar=True,
    help="允许采集本机网站（演示用）/ may fetch from this machine",
)
@click.option(
    "--accept-clock",
    is_flag=True,
    show_envvar=True,
    help="系统时钟比记录快很多时仍予采信 / believe a clock far ahead of the last record",
)
@click.option(
    "--scraper",
    "scrapers",
    multiple=True,
    metavar="网段",
    show_envvar=True,
    help="还有哪些网段可读运行指标 / networks that may read /metrics beside this machine",
)
@click.option("--crawl/--no-crawl", default=True, help="是否采集 / fetch or only show")
@click.option("--verbose", is_flag=True, show_envvar=True, help="详细日志 / more log lines")
def command(
    roster: Path | None,
    profile: Literal["embedded", "distributed"],
    data: Path,
    host: str,
    port: int,
    names: tuple[str, ...],
    interval: float,
    delay: float,
    contact: str | None,
    rules: Path | None,
    alerts: Path | None,
    allow_loopback: bool,
    accept_clock: bool,
    scrapers: tuple[str, ...],
    crawl: bool,
    verbose: bool,
) -> None:
    """按名录持续采集、判定，并提供页面；Ctrl-C 结束，再次启动接着上次继续。

    Watches the roster's list pages, judges what is posted, serves the pages.
    """
    from duban.cli import listening
    from duban.config import Settings
    from duban.crawler import roster as rosters
    from duban.errors import UsageError

    if crawl and roster is None:
        raise UsageError("采集需要名录：请用 --roster 给出文件，或用 --no-crawl 只看页面。")
    listening.log_to_stderr(verbose=verbose)
    agencies = rosters.load(roster, allow_loopback=allow_loopback) if roster else None
    settings = Settings(
        data=data, host=host, port=port, names=names, rules=rules, interval_s=interval,
        delay_s=delay, allow_loopback=allow_loopback, accept_clock=accept_clock, contact=contact,
        scrapers=listening.networks(scrapers), alerts=alerts,
    )  # fmt: skip
    make = _edge if profile == "distributed" else _machine
    listener = listening.take_port(host, port)
    with listener, make(settings, agencies) as machine:
        machine.start(crawl=crawl)
        listening.say(f"页面：{listening.address(listener)}  （Ctrl-C 结束）")
        listening.serve(machine.app(), listener, machine.has_failed)
        listening.say("正在结束…")
    listening.say("已停止；下次启动从这里继续。")


def _machine(settings: Settings, agencies: Sequence[Agency] | None) -> Machine:
    from duban.bootstrap import Machine

    return Machine(settings, agencies)


def _edge(settings: Settings, agencies: Sequence[Agency] | None) -> Machine:
    from duban.cli.extra import need
    from duban.config_servers import blob_settings, elastic_settings
    from duban.config_source import kafka_settings

    kafka, elastic = kafka_settings(), elastic_settings()
    blobs = blob_settings(str(settings.data / "blobs"))
    need("distributed", "kafka", "faust", "elasticsearch")
    from duban.distributed.edge import Edge

    return Edge(settings, agencies, kafka=kafka, elastic=elastic, blobs=blobs)
