"""What a rebuild came to, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from duban.adapters.embedded.conclusions_compare import Deviation
from duban.adapters.embedded.rederive import Derived
from duban.adapters.embedded.views_build import Rebuilt
from duban.adapters.embedded.views_compare import Comparison, Difference
from duban.cli.events.words import told
from duban.domain.event import Event

_KINDS = {
    "agency": "机关", "report": "报告", "finding": "问题", "rejected": "未收入的文件",
    "page": "栏目检查", "posting": "发布时间", "vocabulary": "全文索引", "obligation": "应报情况",
}  # fmt: skip
_LONGEST = 300  # characters shown of a document


class Result(msgspec.Struct, frozen=True):
    """Both halves; `anew` says why there were no views to compare with, if so."""

    derived: Derived
    views: Rebuilt
    anew: str | None

    @property
    def is_equal(self) -> bool:
        """Whether everything came out as it is recorded and was shown."""
        return self.derived.is_equal and (self.views.is_equal or self.anew is not None)


def as_text(result: Result) -> str:
    """The result in Chinese sentences."""
    return "\n".join([*_derived(result.derived), *_views(result)])


def as_json(result: Result) -> str:
    """The result for machines."""
    found, views = result.derived.conclusions, result.views
    return json.dumps(
        {
            "equal": result.is_equal,
            "conclusions": {
                "fact_position": result.derived.position,
                "equal": found.equal,
                "changed": found.changed,
                "missing": found.missing,
                "added": found.added,
                "set_aside": len(result.derived.aside),
                "first": [msgspec.to_builtins(one) for one in found.first],
            },
            "views": {
                "position": views.position,
                "equal": views.is_equal,
                "exchanged": views.is_exchanged,
                "anew": result.anew,
                "kinds": {one.kind: _plain(one) for one in views.kinds},
            },
        },
        ensure_ascii=False,
        indent=2,
    )


def _plain(one: Comparison) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(one)
    del plain["kind"]
    return plain


def _derived(derived: Derived) -> Iterator[str]:
    found, upto = derived.conclusions, f"（事实到第 {derived.position} 号）"
    if derived.is_equal:
        yield f"结论：重新推导了 {found.equal} 条，与记录逐条一致{upto}。"
        return
    yield (
        f"结论：{found.equal} 条与记录一致，{found.changed} 条内容不同，"
        f"{found.missing} 条不再得出，{found.added} 条是新得出的{upto}。"
    )
    yield from map(_deviation, found.first)
    if derived.aside:
        count, first = len(derived.aside), derived.aside[0]
        yield f"  有 {count} 条事实当时能处理、现在不能，第一条：{first.cause}"


def _deviation(one: Deviation) -> str:
    recorded, derived = _said(one.recorded), _said(one.derived)
    if one.derived is None:
        return f"  不再得出：{recorded}"
    if one.recorded is None:
        return f"  新得出：{derived}"
    if recorded == derived:
        return f"  内容不同：{recorded}（{_where(one.recorded, one.derived)}）"
    return f"  内容不同：记录为“{recorded}”，现为“{derived}”"


def _said(event: Event | None) -> str:
    if event is None:
        return "（无法解读的结论）"
    return f"{event.key} {told(event.body)} [{event.id[:8]}]"


def _where(recorded: Event, derived: Event) -> str:
    before, after = msgspec.to_builtins(recorded), msgspec.to_builtins(derived)
    names = [name for name in before if before[name] != after.get(name) and name != "body"]
    names += [name for name in before["body"] if before["body"][name] != after["body"].get(name)]
    return "不同之处：" + "、".join(names)


def _views(result: Result) -> Iterator[str]:
    views = result.views
    documents = sum(one.after for one in views.kinds)
    if result.anew is not None:
        yield f"视图：{result.anew}"
    elif views.is_equal:
        yield f"视图：重建了 {documents} 份，与现有的逐字一致（到第 {views.position} 号事件）。"
    else:
        yield f"视图：重建的与现有的不同（到第 {views.position} 号事件）："
        for one in views.kinds:
            if not one.is_equal:
                yield from kind_in_words(_KINDS.get(one.kind, one.kind), one)
    if views.is_exchanged:
        yield "已更换：页面从现在起使用重建的视图。"
    elif views.is_equal:
        yield "按要求没有更换。"
    else:
        yield "没有更换，页面仍用原有的视图；确认无误后可加 --accept 更换。"


def kind_in_words(name: str, one: Comparison) -> Iterator[str]:
    """How the documents of a kind differ, with the first of them."""
    yield (
        f"  {name}：原有 {one.before} 份，重建 {one.after} 份；内容不同 {one.changed}，"
        f"缺少 {one.missing}，多出 {one.added}"
    )
    for difference in one.first:
        yield from _difference(difference)


def _difference(one: Difference) -> Iterator[str]:
    yield f"    原有：{_cut(one.before)}"
    yield f"    重建：{_cut(one.after)}"


def _cut(text: str | None) -> str:
    if text is None:
        return "（无）"
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
