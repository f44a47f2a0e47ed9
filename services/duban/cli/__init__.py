"""The command line: a group of commands, each imported only when it is called.

Exit codes: 0 nothing found, 1 findings, 2 wrong use or configuration, 3 an unexpected fault of
ours, 130 interrupted.
"""

from __future__ import annotations

import importlib
import sys

import click

from duban import __version__
from duban.cli.failure import EXIT_INTERRUPTED, EXIT_UNEXPECTED, EXIT_USAGE, report_unexpected
from duban.errors import DubanError

COMMANDS: dict[str, tuple[str, str]] = {
    "check": ("duban.cli.check", "检查年报文件：缺什么、错在哪一格 / check report files"),
    "demo": ("duban.cli.demo", "演示：示例门户、采集、判定、页面 / the whole on made data"),
    "serve": ("duban.cli.serve", "按名录持续采集、判定并提供页面 / watch a roster and serve pages"),
    "alerts": ("duban.cli.alerts", "查看、静默提醒，试发消息 / alerts, silences, a test message"),
    "events": ("duban.cli.events", "查看、导出历史，重试搁置的事件 / look through the history"),
    "judge": ("duban.cli.judge", "用另一套规则重新判定全部报告 / judge the archive by other rules"),
    "rebuild": ("duban.cli.rebuild", "重新推导、重建并核对 / compute everything again and compare"),
    "backup": ("duban.cli.backup", "备份成一个文件，运行中也可以 / back up to one file"),
    "restore": ("duban.cli.restore", "从备份恢复到新目录 / restore into a new folder"),
    "worker": ("duban.cli.worker", "分布式：读取、判定、入库 / read, judge and index from Kafka"),
    "topics": ("duban.cli.topics", "建立、核对 Kafka 主题 / make and check the topics on Kafka"),
    "dashboards": (
        "duban.cli.dashboards",
        "生成、导入、核对 Kibana 仪表板 / dashboards for Kibana",
    ),
    "doctor": ("duban.cli.doctor", "检查安装、数据和服务器 / what is wrong, and what mends it"),
    "samples": ("duban.cli.samples", "生成带标准答案的虚构年报 / make invented reports with truth"),
    "rules": ("duban.cli.rules", "查看、核对规则 / look at rules and check them"),
}

EPILOG = """
\b
示例 / examples:
  duban check 年报.docx                      检查一份稿件
  duban check 报送材料/ --format json        整个目录，机器可读
  duban demo                                 在本机打开演示
  duban serve --roster 名录.yaml             开始监测
  duban rules explain T3-SUM-ROW             一条规则的依据与改法
"""


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name][0])
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("命令 / commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Lazy, epilog=EPILOG, context_settings={"auto_envvar_prefix": "DUBAN"})
@click.version_option(__version__, prog_name="duban")
def group() -> None:
    """督办：读懂、核对、跟进政府信息公开工作年度报告。

    Reads annual disclosure reports of Chinese agencies, judges them against the law and the
    unified form, and shows what is missing or wrong.
    """


def _show(wrong: click.ClickException) -> None:
    """One line in the shape of our own errors, and where help is."""
    click.echo(f"错误：{wrong.format_message()}", err=True)
    if isinstance(wrong, click.UsageError) and wrong.ctx is not None:
        click.echo(f"用法见 {wrong.ctx.command_path} --help", err=True)


def main() -> None:
    """Run the command line and end the process with one of the documented codes."""
    try:
        code = group.main(prog_name="duban", standalone_mode=False)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.ClickException as wrong:
        _show(wrong)
        code = EXIT_USAGE
    except (KeyboardInterrupt, click.exceptions.Abort):
        click.echo("已中断。", err=True)
        code = EXIT_INTERRUPTED
    except DubanError as error:
        click.echo(f"错误：{error}", err=True)
        if error.english:
            click.echo(f"Error: {error.english}", err=True)
        code = EXIT_USAGE
    except BrokenPipeError:
        sys.stderr.close()
        code = EXIT_USAGE
    except Exception as error:
        report_unexpected(error)
        code = EXIT_UNEXPECTED
    sys.exit(code if isinstance(code, int) else 0)
