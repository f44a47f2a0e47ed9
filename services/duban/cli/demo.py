"""`duban demo`: the main job on an invented county, in one command."""

from __future__ import annotations

import json
from pathlib import Path

import click

from duban.cli import options

EPILOG = """
\b
示例 / examples:
  duban demo
  duban demo --every 1 --port 9000
  duban demo --data /tmp/演示 --agencies 20
"""
FAULTS = 0.35
GAPS = 0.03
FORMATS = ("html", "docx", "pdf")


@click.command("demo", epilog=EPILOG)
@options.data("演示数据目录；删掉它就从头开始 / delete it to begin anew", default="duban-demo")
@options.port("页面端口，被占用时自动换下一个 / port of the pages", 8080)
@options.every
@options.agencies
@options.seed
@options.verbose
def command(data: Path, port: int, every: float, agencies: int, seed: int, verbose: bool) -> None:
    """打开一个虚构的县：门户不断发布年报，采集、判定、页面随之而动。

    An invented county: a portal that goes on posting, the crawler, the processors, the pages.
    """
    from duban.adapters.clock import SystemClock
    from duban.bootstrap import Machine
    from duban.cli import listening, samples
    from duban.config import Settings
    from duban.domain.day import day_of
    from duban.samples.portal import Portal

    def today() -> str:
        return day_of(SystemClock().now())

    listening.log_to_stderr(verbose=verbose)
    county, years = data / "portal", years_on(today())
    listener = listening.take_port("127.0.0.1", port, tries=50)
    if not (county / "truth.json").exists():
        listening.say("首次启动：生成虚构的县…")
        listening.say(samples.build(county, seed, agencies, years, FAULTS, FORMATS, gaps=GAPS))
    with listener, Portal(county, _portal_port(data), every, today) as portal:
        if portal.last_year < years[-1]:
            listening.say(f"这个虚构的县止于 {portal.last_year} 年度；删除目录 {data} 可从头开始。")
        _remember(data, portal.address)
        settings = Settings(data=data, interval_s=min(every, 5.0), delay_s=0.0, allow_loopback=True)
        with Machine(settings, portal.agencies()) as machine:
            machine.start()
            listening.say(f"示例门户：{portal.address}/")
            listening.say(f"页面：    {listening.address(listener)}  （Ctrl-C 结束）")
            listening.serve(machine.app(), listener, machine.has_failed)
            listening.say("正在结束…")
    listening.say("已停止；再次运行接着上次继续。")


def years_on(day: str) -> tuple[int, int, int]:
    """The report years of a county made on an ISO day: the last three that are over.

    The portal shows nothing dated after the day, so that until April the newest year is under
    way: governments, and in January departments too, have not all posted yet.
    """
    year = int(day[:4])
    return year - 3, year - 2, year - 1


def _portal_port(data: Path) -> int:
    """The portal's port of the last start (the crawler knows its pages by address), or any."""
    try:
        return int(json.loads((data / "demo.json").read_text(encoding="utf-8"))["portal_port"])
    except (OSError, ValueError, KeyError):
        return 0


def _remember(data: Path, address: str) -> None:
    port = int(address.rpartition(":")[2])
    (data / "demo.json").write_text(json.dumps({"portal_port": port}) + "\n", encoding="utf-8")
