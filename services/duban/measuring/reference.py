"""The reference page of the metrics, from their declarations."""

from __future__ import annotations

from duban.measuring.catalogue import METRICS, Metric

_HEAD = """# 运行指标 / Metrics

由 `make docs` 从程序生成。`/metrics` 按 Prometheus 文本格式给出以下各项和 `process_*`
（处理器、内存、打开的文件）。这里只有程序自身的数字，没有机关、网址和报告的内容。
标签只取列出的值，其余一律记为 `other`；计数从进程启动时起。

| metric | kind | labels | meaning |
|---|---|---|---|
"""
_FOOT = """
A counter starts at 0 with the process, so use `rate` and `increase`. A histogram `name` is exposed
as `name_bucket`, `name_sum` and `name_count`.
"""


def render() -> str:
    """The page as Markdown."""
    rows = [f"| `{one.name}` | {one.kind} | {_labels(one)} | {one.help} |\n" for one in METRICS]
    return _HEAD + "".join(rows) + _FOOT


def _labels(metric: Metric) -> str:
    return "; ".join(
        f"`{label.name}`: {label.about or ', '.join(label.values)}" for label in metric.labels
    )
