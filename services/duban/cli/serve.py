"""`duban serve`: watch a roster and show what is found."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import click

from duban.cli import options
from duban.cli.clock import accept_clock_option
from duban.config import PARTS, PARTS_ZH

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.applications import Starlette

    from duban.bootstrap import Machine
    from duban.config import Settings
    from duban.distributed.edge import Edge
    from duban.domain.agency import Agency

_PORTS = {"pages": 8080, "crawler": 9461, "notifier": 9462}  # of what is served first
EPILOG = """
\b
示例 / examples:
  duban serve --roster 名录.yaml --data /var/lib/duban
  duban serve --roster 名录.csv --interval 600 --contact admin@example.gov.cn
  duban serve --no-crawl --data /var/lib/duban        只看页面，不采集
  duban serve --roster 名录.yaml --alerts 提醒.yaml   另把新问题发给相关人员
\b
分布式（--profile distributed）：读取、判定、入库由 duban worker 承担。Kafka、Elasticsearch、
原件存放处由 DUBAN_KAFKA_*、DUBAN_ELASTIC_*、DUBAN_BLOBS_* 给出。采集、页面、提醒可在一个进程里，
也可用 --only 分开，每个进程有自己的 --data 目录（要备份）：
  duban serve --profile distributed --only crawler --roster 名录.yaml --data /var/lib/crawler
  duban serve --profile distributed --only pages --data /var/lib/pages
  duban serve --profile distributed --only notifier --alerts 提醒.yaml --data /var/lib/notifier
crawler（采集）和 notifier（提醒）各只能有一个，pages（页面）可以有几个。
\b
退出码：0 正常结束（Ctrl-C 或 SIGTERM），2 用法不对、连接不上或中途无法继续，3 程序自身出错。
"""


class Running(AbstractContextManager["Running"], Protocol):
    """What `serve` runs: a whole office, or a part of the edge of one."""

    def start(self, *, crawl: bool = True) -> None: ...

    def has_failed(self) -> bool: ...

    def app(self) -> Starlette: ...


@click.command("serve", epilog=EPILOG)
@options.roster("名录（YAML 或 CSV）/ the agencies to watch")
@options.profile(
    "distributed：读取与判定由 duban worker 承担 / workers read and judge behind Kafka"
)
@options.listed(
    "分布式时本进程承担哪些，以逗号隔开；默认全部 / which parts of the edge to run, by commas; "
    "all of them without it",
    PARTS,
    ("部分", "parts"),
    default=None,
)
@options.data()
@options.kafka
@options.blobs
@options.host("监听地址 / address to bind")
@options.port(
    "监听端口：页面和运行指标 / port of the pages and of the figures",
    None,
    shown="8080; crawler 9461; notifier 9462",
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
@options.rules
@options.alerts
@click.option(
    "--allow-loopback",
    is_flag=True,
    show_envvar=True,
    help="允许采集本机网站（演示用）/ may fetch from this machine",
)
@accept_clock_option
@options.scrapers
@click.option("--crawl/--no-crawl", default=True, help="是否采集 / fetch or only show")
@options.verbose
def command(
    roster: Path | None,
    profile: Literal["embedded", "distributed"],
    only: tuple[str, ...] | None,
    data: Path,
    kafka: str | None,
    blobs: str | None,
    host: str,
    port: int | None,
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

    parts = only or PARTS
    _refuse_what_does_not_fit(profile, only, roster, alerts, crawl=crawl)
    listening.log_to_stderr(verbose=verbose)
    crawls = crawl and "crawler" in parts
    agencies = None
    if roster is not None and "crawler" in parts:
        agencies = rosters.load(roster, allow_loopback=allow_loopback)
    first = next(part for part in _PORTS if part in parts)
    settings = Settings(
        data=data, host=host, port=_PORTS[first] if port is None else port, names=names,
        rules=rules, interval_s=interval, delay_s=delay, allow_loopback=allow_loopback,
        accept_clock=accept_clock, contact=contact, scrapers=listening.networks(scrapers),
        alerts=alerts,
    )  # fmt: skip
    listener = listening.take_port(host, settings.port)

    def opened() -> Running:
        if profile == "distributed":
            return _edge(settings, agencies, kafka, blobs, only)
        return _machine(settings, agencies)

    with listener, opened() as running:
        running.start(crawl=crawls)
        listening.say(_begun(parts, listening.address(listener)))
        listening.serve(running.app(), listener, running.has_failed)
        listening.say("正在结束…")
    listening.say("已停止；下次启动从这里继续。")


def _refuse_what_does_not_fit(
    profile: str,
    only: tuple[str, ...] | None,
    roster: Path | None,
    alerts: Path | None,
    *,
    crawl: bool,
) -> None:
    from duban.errors import UsageError

    if only is not None and profile != "distributed":
        raise UsageError(
            "--only 只用于分布式：请加 --profile distributed，或去掉 --only。",
            "--only is for the distributed profile: please add --profile distributed, or leave it "
            "out.",
        )
    if crawl and roster is None and "crawler" in (only or PARTS):
        raise UsageError(
            "采集需要名录：请用 --roster 给出文件，或用 --no-crawl 只看页面。",
            "The crawler needs a roster: please name the file (--roster), or only show the pages "
            "(--no-crawl).",
        )
    if only is not None and "notifier" in only and alerts is None:
        raise UsageError(
            "提醒需要配置：请用 --alerts 给出文件，说明谁、经什么渠道收到什么。",
            "The notifier needs to know whom to tell of what: please name the file (--alerts).",
        )


def _machine(settings: Settings, agencies: Sequence[Agency] | None) -> Machine:
    from duban.bootstrap import Machine

    return Machine(settings, agencies)


def _edge(
    settings: Settings,
    agencies: Sequence[Agency] | None,
    kafka: str | None,
    blobs: str | None,
    only: tuple[str, ...] | None,
) -> Edge:
    from duban.cli.extra import need
    from duban.config_servers import blob_settings, elastic_settings
    from duban.config_source import kafka_settings
    from duban.errors import UsageError

    parts = only or PARTS
    servers = kafka_settings(kafka)
    elastic = elastic_settings() if "pages" in parts else None
    originals = None
    if parts != ("notifier",):
        originals = blob_settings("" if only else str(settings.data / "blobs"), url=blobs)
        if not originals.url:
            raise UsageError(
                "没有原件存放处：分开运行的进程要共用一处，请用 --blobs 或环境变量 "
                "DUBAN_BLOBS_URL 给出。",
                "No place for the originals: processes that run apart share one, please give "
                "--blobs or DUBAN_BLOBS_URL.",
            )
    need("distributed", "kafka", "faust", "elasticsearch")
    from duban.distributed.edge import Edge

    return Edge(settings, agencies, kafka=servers, elastic=elastic, blobs=originals, parts=parts)


def _begun(parts: Sequence[str], address: str) -> str:
    """What runs, and where to look."""
    if "pages" in parts:
        return f"页面：{address}  （Ctrl-C 结束）"
    said = "、".join(PARTS_ZH[part] for part in parts)
    return f"{said}：已启动，运行指标 {address}metrics  （Ctrl-C 结束）/ started, figures there"
