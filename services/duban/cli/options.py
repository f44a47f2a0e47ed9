"""Options that several commands take, each spelled once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from duban.errors import UsageError

Option = Callable[[Callable[..., None]], Callable[..., None]]

scrapers = click.option(
    "--scraper",
    "scrapers",
    multiple=True,
    metavar="网段",
    show_envvar=True,
    help="还有哪些网段可读运行指标 / networks that may read /metrics beside this machine",
)
verbose = click.option(
    "--verbose", is_flag=True, show_envvar=True, help="详细日志 / more log lines"
)
kafka = click.option(
    "--kafka",
    metavar="地址",
    envvar="DUBAN_KAFKA_ADDRESS",
    show_envvar=True,
    help="主机:端口，可有几个，以逗号隔开 / host:port, several by commas",
)
blobs = click.option(
    "--blobs",
    metavar="目录或URL",
    envvar="DUBAN_BLOBS_URL",
    show_envvar=True,
    help="原件存放处，采集、页面、worker 要相同；默认 <data>/blobs / where originals are kept, "
    "the same for all processes",
)
form = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="输出格式 / form of the result",
)
alerts = click.option(
    "--alerts",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="文件",
    show_envvar=True,
    help="提醒配置：谁、经什么渠道收到什么；不给则不发 / who is told of what; none without it",
)
rules = click.option(
    "--rules",
    type=click.Path(path_type=Path),
    metavar="目录",
    show_envvar=True,
    help="规则目录，默认为自带规则 / folder of rules",
)
seed = click.option(
    "--seed", default=1, show_default=True, help="虚构县的种子 / seed of the county"
)
agencies = click.option(
    "--agencies",
    type=click.IntRange(5, 500),
    default=50,
    show_default=True,
    show_envvar=True,
    help="机关个数 / number of agencies",
)
every = click.option(
    "--every",
    type=click.FloatRange(0.1),
    default=4.0,
    show_default=True,
    show_envvar=True,
    metavar="秒",
    help="门户每隔几秒发布一份年报 / seconds between two posted reports",
)


def profile(said: str) -> Option:
    """Which profile is meant; `said` is what that means for the command."""
    return click.option(
        "--profile",
        type=click.Choice(["embedded", "distributed"]),
        default="embedded",
        show_default=True,
        show_envvar=True,
        help=said,
    )


def data(
    said: str = "数据目录 / where everything is kept",
    *,
    default: str = "duban-data",
    file_okay: bool = False,
) -> Option:
    """The folder of a process; with `file_okay` the command itself tells of a file in its place."""
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=file_okay),
        default=Path(default),
        show_default=True,
        metavar="目录",
        show_envvar=True,
        help=said,
    )


def host(said: str) -> Option:
    """The address that is listened at."""
    return click.option(
        "--host",
        metavar="地址",
        default="127.0.0.1",
        show_default=True,
        show_envvar=True,
        help=said,
    )


def port(said: str, default: int | None, *, first: int = 0, shown: str | bool = True) -> Option:
    """The port that is listened at; None where the command finds out which."""
    return click.option(
        "--port",
        type=click.IntRange(first, 65535),
        metavar="端口",
        default=default,
        show_default=shown,
        show_envvar=True,
        help=said,
    )


def roster(said: str) -> Option:
    """The file with the agencies."""
    return click.option(
        "--roster",
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="文件",
        show_envvar=True,
        help=said,
    )


def listed(
    said: str, words: tuple[str, ...], noun: tuple[str, str], *, default: str | None
) -> Option:
    """--only: some of several words, by commas, given on in their own order."""

    def chosen(
        context: click.Context, parameter: click.Parameter, value: str | None
    ) -> tuple[str, ...] | None:
        if value is None:
            return None
        asked = {one.strip() for one in value.split(",") if one.strip()}
        unknown = sorted(asked - set(words))
        if unknown or not asked:
            raise UsageError(
                f"--only 中没有“{'、'.join(unknown)}”这个{noun[0]}：可用的有 {'、'.join(words)}。",
                f"There are no {noun[1]} {', '.join(unknown)} (--only): there are "
                f"{', '.join(words)}.",
            )
        return tuple(one for one in words if one in asked)

    return click.option(
        "--only",
        default=default,
        show_default=default is not None,
        show_envvar=True,
        metavar=noun[0],
        callback=chosen,
        help=said,
    )
