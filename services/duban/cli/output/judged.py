"""What judging again came to, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from duban.adapters.embedded.judged import Figures
from duban.adapters.embedded.judging import Judging, Standing
from duban.adapters.rules_in_force import Version

NOT_BEGUN = "已中断：还没有开始重新判定，什么都没有改动。"
REHEARSAL_INTERRUPTED = "已中断：试算什么都没有改动。"


def as_text(result: Judging) -> str:
    """The result in Chinese sentences, and a table by rule."""
    return "\n".join(_lines(result))


def as_json(result: Judging) -> str:
    """The result for machines; seconds are those of judging, without the views."""
    figures = result.figures
    return json.dumps(
        {
            "dry_run": result.rehearsed,
            "resumed": result.resumed,
            "same": figures is None,
            "before": _plain(result.before),
            "after": _plain(result.after),
            **(_figures(figures) if figures else {}),
            "waiting": result.waiting,
            "seconds": round(result.seconds, 3),
            "reports_per_second": _rate(result),
        },
        ensure_ascii=False,
        indent=2,
    )


def interrupted(stands: Standing) -> str:
    """One line: what stands after an interruption, and how to go on."""
    rules = stands.now.rulebook or "（无）"
    if stands.is_done:
        return f"已中断：现在执行的是规则集 {rules}，没有未判定的报告；再次运行同一命令即重新开始。"
    return (
        f"已中断：规则集 {rules} 已在执行，重新判定做完 {stands.percent}%，结果都已保存；"
        "再次运行同一命令即接着做，启动 duban serve 也会接着做。"
    )


def _plain(version: Version) -> dict[str, str]:
    return {
        "rulebook": version.rulebook,
        "sha256": version.sha256,
        "deadlines": version.deadlines,
    }


def _figures(figures: Figures) -> dict[str, object]:
    return {
        "reports": figures.reports,
        "obligations": figures.obligations,
        "set_aside": figures.set_aside,
        "findings": msgspec.to_builtins(figures.total),
        "rules": msgspec.to_builtins(figures.rules),
    }


def _rate(result: Judging) -> float | None:
    """Reports a second; of a part of the work nothing is said."""
    if result.figures is None or result.resumed or not result.seconds:
        return None
    return round(result.figures.reports / result.seconds, 1)


def _lines(result: Judging) -> Iterator[str]:
    if result.figures is None:
        yield f"规则集 {_named(result.after, result.after)} 已在执行，没有需要重新判定的。"
    else:
        yield from _changes(result, result.figures)
    if result.waiting:
        yield f"另有 {result.waiting} 条事实尚未判定，试算没有算上它们带来的变化。"
    if result.rehearsed and result.figures is not None:
        yield "以上是试算，什么都没有改动。"


def _changes(result: Judging, figures: Figures) -> Iterator[str]:
    before, after = result.before, result.after
    yield f"规则集：{_named(before, after)} → {_named(after, before)}"
    if before.deadlines != after.deadlines:
        yield f"期限：{before.deadlines or '（无）'} → {after.deadlines}"
    if result.resumed:
        yield "上次没有做完，已接着做完；以下为两次合计。"
    total = figures.total
    yield (
        f"{'试算' if result.rehearsed else '重新判定'}报告 {figures.reports} 份；"
        f"问题新增 {total.opened} 个，内容变化 {total.changed} 个，消除 {total.resolved} 个。"
    )
    for rule, row in figures.rules.items():
        yield f"  {rule:<22} 新增 {row.opened}，变化 {row.changed}，消除 {row.resolved}"
    if figures.obligations:
        yield f"应报情况变化 {figures.obligations} 项。"
    if figures.set_aside:
        yield (
            f"有 {figures.set_aside} 个机关未能判定，已搁置：用 duban events set-aside 查看原因，"
            "排除后用 duban events retry 重试。"
        )
    rate = _rate(result)
    pace = f"，每秒 {rate:.0f} 份" if rate is not None else ""
    yield f"用时 {result.seconds:.1f} 秒{pace}。"


def _named(one: Version, other: Version) -> str:
    """The version; with the beginning of its hash where the other bears the same one."""
    if not one.rulebook:
        return "（无）"
    is_alike = one.rulebook == other.rulebook and one.sha256 != other.sha256
    return f"{one.rulebook}（{one.sha256[:8]}）" if is_alike else one.rulebook
