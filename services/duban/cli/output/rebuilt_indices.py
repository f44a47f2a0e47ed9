"""What a rebuild of the indices came to, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from duban.adapters.elastic.rebuild import Rebuilt
from duban.cli.output.rebuilt import kind_in_words

_KINDS = {
    "agencies": "机关", "reports": "报告", "readings": "读取内容", "findings": "问题",
    "obligations": "应报情况", "pages": "栏目检查", "alerts": "提醒", "rejected": "未收入的文件",
    "aside": "搁置的事件",
}  # fmt: skip


def as_text(result: Rebuilt) -> str:
    """The result in Chinese sentences."""
    return "\n".join(_sentences(result))


def as_json(result: Rebuilt) -> str:
    """The result for machines."""
    return json.dumps(
        {
            "events": result.events,
            "equal": result.is_equal,
            "first": result.is_first,
            "exchanged": result.is_exchanged,
            "kinds": {one.kind: msgspec.to_builtins(one) for one in result.kinds},
            "untaken": result.untaken,
            "past": {name: list(counts) for name, counts in result.past.items()},
        },
        ensure_ascii=False,
        indent=2,
    )


def _sentences(result: Rebuilt) -> Iterator[str]:
    documents = sum(one.after for one in result.kinds)
    if result.is_first:
        yield f"索引：从 Kafka 读了 {result.events} 条事件，首次建立。"
    elif result.is_equal:
        yield f"索引：从 Kafka 读了 {result.events} 条事件，重建 {documents} 份，与现有的逐字一致。"
    else:
        yield f"索引：从 Kafka 读了 {result.events} 条事件，重建的与现有的不同："
        for one in result.kinds:
            if not one.is_equal:
                yield from kind_in_words(_KINDS.get(one.kind, one.kind), one)
    if result.untaken:
        yield (
            f"  另有 {result.untaken} 份未作比较：它们所属机关的新事件已进入重建的索引，"
            "现有索引的索引程序还没有处理到。"
        )
    for name, (before, after) in result.past.items():
        if before != after:
            yield f"  {_KINDS.get(name, name)}过去的情形：原有 {before} 份，重建 {after} 份"
    if result.is_exchanged:
        yield "已更换：页面和 Kibana 从现在起使用重建的索引。"
    elif result.is_equal:
        yield "按要求没有更换。"
    else:
        yield "没有更换，页面仍用原有的索引；确认无误后可加 --accept 更换。"
