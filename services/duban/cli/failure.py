"""Exit codes, and how a fault of ours is told: one line, and a log laid out to be sent on."""

from __future__ import annotations

import sys
from pathlib import Path

import click

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2
EXIT_UNEXPECTED = 3
EXIT_INTERRUPTED = 130


def report_unexpected(error: BaseException) -> None:
    """Write versions and the traceback to a log file and say on stderr where it lies."""
    import platform  # only now: no run without a fault waits for these
    import tempfile
    import traceback

    from duban import __version__

    text = "\n".join(
        [
            f"duban {__version__}, Python {platform.python_version()}, {platform.platform()}",
            f"命令 / command: {Path(sys.argv[0]).name} {' '.join(sys.argv[1:2])}",
            "",
            "".join(traceback.format_exception(error)),
        ]
    )
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix="duban-", suffix=".log", delete=False
    ) as log:
        log.write(text)
    click.echo(
        f"程序自身出错（{type(error).__name__}），与所检查的文件无关；详情已写入 {log.name}，"
        "请连同该文件反馈。",
        err=True,
    )
