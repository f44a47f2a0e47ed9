"""What a command that records facts is told of the machine's clock."""

from __future__ import annotations

import click

accept_clock_option = click.option(
    "--accept-clock",
    is_flag=True,
    show_envvar=True,
    help="系统时钟比记录快很多时仍予采信 / believe a clock far ahead of the last record",
)
