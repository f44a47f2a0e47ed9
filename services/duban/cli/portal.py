"""`duban samples portal`: an invented county as a web site on loopback, posting its reports."""

from __future__ import annotations

import signal
import threading
from pathlib import Path

import click

from duban.cli import options

EPILOG = """
\b
只在本机（127.0.0.1）提供，供 duban serve --allow-loopback 采集。
示例 / examples:
  duban samples portal build/门户 --port 8099 --roster build/名录.yaml
  duban serve --roster build/名录.yaml --allow-loopback --interval 5 --delay 0
"""


@click.command("portal", epilog=EPILOG)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), metavar="目录")
@options.port("端口 / port", 8099, first=1)
@options.roster("把名录写到这里 / write the roster there")
@options.every
@options.agencies
@options.seed
def command(
    directory: Path, port: int, roster: Path | None, every: float, agencies: int, seed: int
) -> None:
    """生成一个虚构的县，在本机提供它的门户，陆续发布年报；Ctrl-C 结束。

    Makes an invented county and serves its portal, which goes on posting reports.
    """
    from duban.adapters.clock import SystemClock
    from duban.cli import listening, samples
    from duban.cli.demo import FAULTS, FORMATS, GAPS, years_on
    from duban.domain.day import day_of
    from duban.samples.making import roster_text
    from duban.samples.portal import Portal
    from duban.samples.portal import roster as agencies_of

    def today() -> str:
        return day_of(SystemClock().now())

    stopping = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: stopping.set())
    if not (directory / "truth.json").exists():
        said = samples.build(
            directory, seed, agencies, years_on(today()), FAULTS, FORMATS, gaps=GAPS
        )
        listening.say(said)
    with Portal(directory, port, every, today) as portal:
        if roster is not None:
            text = roster_text(agencies_of(directory), f"{portal.address}/")
            roster.write_text(text, encoding="utf-8")
        listening.say(f"示例门户：{portal.address}/  （Ctrl-C 结束）")
        stopping.wait()
