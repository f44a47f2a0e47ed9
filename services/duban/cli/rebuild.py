"""`duban rebuild`: compute everything again, compare, and exchange what the pages show."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

import click

from duban.cli import options
from duban.cli.failure import EXIT_CLEAN, EXIT_FINDINGS

_PROCESSES = 4  # at most; one search server hardly takes more

EPILOG = """
\b
退出码：0 与记录一致，1 有不同，2 用法或数据有误。
示例 / examples:
  duban rebuild --data /var/lib/duban
  duban rebuild --verify-only                只核对，不更换页面所用的视图
  duban rebuild --accept                     有不同也更换（程序更新之后）
  duban rebuild --profile distributed        从 Kafka 重建 Elasticsearch 的索引
"""


@click.command("rebuild", epilog=EPILOG)
@options.profile(
    "单机的数据目录，还是 Kafka 到 Elasticsearch / the data folder, or Kafka to Elasticsearch"
)
@options.data()
@click.option("--verify-only", is_flag=True, help="只核对，不更换 / compare and change nothing")
@click.option("--accept", is_flag=True, help="有不同也更换视图 / exchange also where they differ")
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="个数",
    help="由几个进程填充索引，默认依处理器和事件数而定 / how many fill the indices, by default as "
    "processors and events suggest",
)
@options.form
def command(
    profile: Literal["embedded", "distributed"],
    data: Path,
    verify_only: bool,
    accept: bool,
    processes: int | None,
    form: Literal["text", "json"],
) -> None:
    """从事件记录重新推导全部结论、重建全部视图，与现有的逐条比较，一致才更换；期间页面照常可用。

    Derives all conclusions again from the facts, builds the views anew beside those in use,
    compares both, and exchanges the views while pages go on being read. In the distributed
    profile the indices are filled anew from the history on Kafka.
    """
    from duban.errors import UsageError

    if verify_only and accept:
        raise UsageError("--verify-only 不更换视图，不能与 --accept 同时使用。")
    if processes and profile == "embedded":
        raise UsageError(
            "--processes 只用于 --profile distributed。",
            "--processes is for --profile distributed only.",
        )
    if profile == "distributed":
        _indices(form, processes, exchange=not verify_only, accept=accept)
    else:
        _views(data, form, exchange=not verify_only, accept=accept)


def _views(data: Path, form: Literal["text", "json"], *, exchange: bool, accept: bool) -> None:
    from duban.adapters.agency_chain import chain_from
    from duban.adapters.embedded.filling import filled_beside
    from duban.adapters.embedded.rederive import derive_again
    from duban.adapters.embedded.store import EmbeddedStore
    from duban.adapters.embedded.views_build import rebuild
    from duban.cli.events.opening import existing
    from duban.cli.output import rebuilt
    from duban.cli.output.stage import Stage
    from duban.intake.collector import relax_collector

    relax_collector()
    existing(data)
    with EmbeddedStore(data) as store, store.rebuilding(), filled_beside(store) as filling:
        chain = chain_from(store.blobs, store.states)
        stage = Stage("重新推导结论")
        derived = derive_again(store, chain, stage, recipe=chain_from)
        stage.clear()
        stage = Stage("重建视图")
        views = rebuild(store, told=stage, exchange=exchange, accept=accept, filling=filling)
        stage.clear()
        anew = store.views.anew
    result = rebuilt.Result(derived, views, anew)
    click.echo(rebuilt.as_json(result) if form == "json" else rebuilt.as_text(result))
    click.get_current_context().exit(EXIT_CLEAN if result.is_equal else EXIT_FINDINGS)


def _indices(
    form: Literal["text", "json"], processes: int | None, *, exchange: bool, accept: bool
) -> None:
    from duban.cli.extra import need

    need("distributed", "elasticsearch", "kafka")
    from duban.adapters.elastic.rebuild import rebuild
    from duban.adapters.kafka.merged_history import WORTH_PARTS, MergedHistory
    from duban.adapters.kafka.partition_reader import PartitionReader
    from duban.cli.output import rebuilt_indices
    from duban.cli.output.stage import Stage
    from duban.config_servers import elastic_settings
    from duban.config_source import kafka_settings
    from duban.intake.collector import relax_collector

    relax_collector()
    elastic, kafka = elastic_settings(), kafka_settings()
    reader = PartitionReader(kafka)
    try:
        stage = Stage("重建索引")
        result = rebuild(
            elastic,
            MergedHistory(reader, worth_parts=1 if processes else WORTH_PARTS),
            told=stage,
            lanes=kafka.partitions,
            processes=processes or min(_PROCESSES, os.cpu_count() or 1),
            exchange=exchange,
            accept=accept,
        )
        stage.clear()
    finally:
        reader.close()
    as_told = rebuilt_indices.as_json if form == "json" else rebuilt_indices.as_text
    click.echo(as_told(result))
    click.get_current_context().exit(EXIT_CLEAN if result.is_equal else EXIT_FINDINGS)
