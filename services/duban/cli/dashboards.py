"""`duban dashboards`: write the dashboards for Kibana, bring them in, and compare."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS

if TYPE_CHECKING:
    from duban.kibana.client import Kibana

EPILOG = """
\b
设置由环境变量给出，也可写在 DUBAN_SETTINGS 所指的 YAML 文件的 kibana 一节：
  DUBAN_KIBANA_URL          地址，含基础路径，如 https://kibana.example:5601
  DUBAN_KIBANA_SPACE        空间（不写则为默认空间）
  DUBAN_KIBANA_API_KEY 或 _API_KEY_FILE
  DUBAN_KIBANA_USER, _PASSWORD 或 _PASSWORD_FILE
  DUBAN_KIBANA_CA_FILE      核对服务器证书用的根证书
  DUBAN_ELASTIC_PREFIX      索引名的前缀（默认 duban-）
\b
退出码：0 一致、已导入，1 有不同、有对象被拒，2 用法不对或连接不上。
示例 / examples:
  duban dashboards build
  duban dashboards push --kibana http://127.0.0.1:5601
  duban dashboards push --alerting --roster 名录.yaml
  duban dashboards check
"""


@click.group("dashboards", epilog=EPILOG)
def command() -> None:
    """生成、导入、核对 Kibana 仪表板 / dashboards for Kibana, made from code."""


def _prefix(function: Callable[..., None]) -> Callable[..., None]:
    return click.option(
        "--prefix",
        metavar="前缀",
        envvar="DUBAN_ELASTIC_PREFIX",
        show_envvar=True,
        default="duban-",
        show_default=True,
        help="索引名的前缀 / what index names begin with",
    )(function)


def _kibana(function: Callable[..., None]) -> Callable[..., None]:
    address = click.option(
        "--kibana",
        metavar="地址",
        envvar="DUBAN_KIBANA_URL",
        show_envvar=True,
        help="Kibana 的地址，含基础路径 / its address, with its base path",
    )
    any_version = click.option(
        "--any-version",
        is_flag=True,
        help="版本不同也继续 / go on with another version of Kibana",
    )
    alerting = click.option(
        "--alerting",
        is_flag=True,
        help="连同提醒规则和连接器 / with the rules and their connector",
    )
    roster = click.option(
        "--roster",
        metavar="文件",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="名录：以名称显示主管机关 / shows supervising agencies by name",
    )
    return _prefix(address(roster(any_version(alerting(function)))))


@command.command("build", epilog=EPILOG)
@_prefix
@click.option(
    "--into",
    metavar="目录",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("dashboards/kibana"),
    show_default=True,
    help="写到哪个目录 / the folder to write to",
)
@click.option("--check", is_flag=True, help="只核对文件是否最新 / only tell what is out of date")
def build(prefix: str, into: Path, check: bool) -> None:
    """写出导入文件（.ndjson）；同样的程序写出同样的文件。

    Writes the files that Kibana imports; the same program writes the same files.
    """
    from duban.kibana.catalogue import texts

    stale = {
        into / name: text
        for name, text in texts(prefix).items()
        if not (into / name).is_file() or (into / name).read_text(encoding="utf-8") != text
    }
    for path, text in stale.items():
        if check:
            click.echo(f"{path} 已过期：请运行 duban dashboards build / out of date")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        click.echo(f"已写出 {path} / written")
    if not stale:
        click.echo(f"{into} 中的文件都是最新的 / all files are up to date")
    click.get_current_context().exit(EXIT_FINDINGS if stale and check else EXIT_CLEAN)


@command.command("push", epilog=EPILOG)
@_kibana
def push(
    prefix: str, kibana: str | None, roster: Path | None, any_version: bool, alerting: bool
) -> None:
    """导入 Kibana，替换同编号的对象；重复运行无妨。

    Imports everything, in place of what has the same ids; running it again changes nothing.
    """
    from duban.kibana import catalogue
    from duban.kibana.answer import reason
    from duban.kibana.pushing import need_version, push_objects, push_rules

    with _open(kibana) as server:
        version = need_version(server, any_version=any_version)
        objects = catalogue.objects(prefix, _supervising(roster))
        pushed = push_objects(server, objects)
        for fault in pushed.refused:
            zh, en = reason(fault.error)
            click.echo(f"被拒 {fault.type}/{fault.id}：{zh} / refused: {en}")
        click.echo(
            f"Kibana {version}：{len(objects)} 个对象，导入 {pushed.taken} 个 / objects taken"
        )
        is_whole = not pushed.refused and pushed.taken == len(objects)
        if alerting:
            rules, indices = catalogue.RULES, catalogue.indices(prefix)
            for told in push_rules(server, catalogue.connector(prefix), rules, indices):
                said = _OUTCOMES[told.outcome]
                click.echo(f"{said} {told.name}" + (f"：{told.reason}" if told.reason else ""))
                is_whole = is_whole and told.outcome != "refused"
    click.get_current_context().exit(EXIT_CLEAN if is_whole else EXIT_FINDINGS)


_OUTCOMES = {"made": "已建立", "replaced": "已更新", "refused": "被拒"}


@command.command("check", epilog=EPILOG)
@_kibana
def check(
    prefix: str, kibana: str | None, roster: Path | None, any_version: bool, alerting: bool
) -> None:
    """核对 Kibana 里的对象与程序生成的是否一致；不作任何改动。

    Compares what Kibana holds with what the code makes, and names the command that mends it.
    """
    from duban.kibana import catalogue
    from duban.kibana.comparing import compare, compare_rules
    from duban.kibana.pushing import need_version

    with _open(kibana) as server:
        need_version(server, any_version=any_version)
        objects = catalogue.objects(prefix, _supervising(roster))
        found = compare(server, objects)
        if alerting:
            rules, indices = catalogue.RULES, catalogue.indices(prefix)
            found += compare_rules(server, catalogue.connector(prefix), rules, indices)
    for one in found:
        where = f"与程序不同 / differs: {'、'.join(one.paths)}" if one.paths else "没有 / missing"
        click.echo(f"{one.type}/{one.id}（{one.title}）：{where}")
    if found:
        mend = "duban dashboards push" + (" --alerting" if alerting else "")
        click.echo(f"{len(found)} 个对象不一致。改正 / mend: {mend}")
    else:
        click.echo(f"{len(objects)} 个对象都与程序一致 / all objects are as made")
    click.get_current_context().exit(EXIT_FINDINGS if found else EXIT_CLEAN)


def _supervising(roster: Path | None) -> dict[str, str]:
    """The names of supervising agencies by id, as a roster has them."""
    if roster is None:
        return {}
    from duban.crawler import roster as rosters

    agencies = rosters.load(roster)
    parents = {one.parent for one in agencies}
    return {one.id: one.name for one in agencies if one.id in parents}


def _open(address: str | None) -> Kibana:
    from duban.config_servers import kibana_settings
    from duban.kibana.client import Kibana

    environment = dict(os.environ)
    if address:
        environment["DUBAN_KIBANA_URL"] = address
    return Kibana(kibana_settings(environment))
