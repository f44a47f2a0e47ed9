"""The rule catalogue as a page of the reference, rendered from the rule files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from duban.rulebook.book import Rulebook, load
from duban.rulebook.rule import Rule

_SEVERITY = {"error": "错误", "warning": "警告", "info": "提示"}
_STATUS = {"draft": "草案", "shadow": "试运行", "active": "启用", "retired": "停用"}
_ABOUT = {"report": "", "absence": "；核对应有而未见的报告"}
_GROUPS = {
    "sections": "部分与标题",
    "format": "表格与格式",
    "arithmetic": "表内勾稽",
    "narrative": "正文与表格",
    "sums": "正文内部",
    "fees": "信息处理费",
    "identity": "单位与年度",
    "continuity": "跨年衔接",
    "publication": "公布期限与缺报",
}


def render(directory: Path) -> str:
    """docs/reference/rules.md for the rules under `directory`."""
    book = load(directory)
    groups = {path.stem: path.parent.name for path in directory.glob("*/*.yaml")}
    lines = [
        "# 规则目录 · Rule catalogue",
        "",
        "<!-- Generated from rules/ by duban.rulebook.catalogue; do not edit. -->",
        "",
        f"规则集版本 {book.version}，共 {len(book.rules)} 条规则。"
        "严重程度：错误、警告、提示；只有错误和警告会告知单位。",
        "",
    ]
    for group, title in _in_order(book, groups):
        rules = [rule for rule in book.rules if groups[rule.id] == group]
        lines += [f"## {title}", "", *_index(rules), ""]
        for rule in rules:
            lines += _one(rule)
    return "\n".join(lines).rstrip() + "\n"


def _in_order(book: Rulebook, groups: dict[str, str]) -> list[tuple[str, str]]:
    found = dict.fromkeys(groups[rule.id] for rule in book.rules)
    return [(group, _GROUPS.get(group, group)) for group in found]


def _index(rules: Iterable[Rule]) -> list[str]:
    rows = [
        f"| [{rule.id}](#{rule.id.lower()}) | {rule.title.zh} | {_severities(rule)} "
        f"| {rule.years} |"
        for rule in rules
    ]
    return ["| 规则 | 内容 | 严重程度 | 年度 |", "|---|---|---|---|", *rows]


def _severities(rule: Rule) -> str:
    every = [rule.severity, *(item.severity for item in rule.severity_when)]
    return "、".join(dict.fromkeys(_SEVERITY[severity] for severity in every))


def _one(rule: Rule) -> list[str]:
    kinds = "各类单位" if rule.kinds == "all" else "、".join(rule.kinds)
    lines = [
        f"### {rule.id}",
        "",
        f"**{rule.title.zh}** · {rule.title.en}",
        "",
        f"- 版本 {rule.version}，{_STATUS[rule.status]}；{_severities(rule)}；"
        f"适用于 {rule.years} 年度、{kinds}{_ABOUT[rule.about]}",
        f"- 依据：{'、'.join(rule.basis)}",
        f"- 提示语：{rule.message.zh}",
        f"- Message: {rule.message.en}",
        f"- 如何更正：{rule.remedy.zh}",
        f"- Remedy: {rule.remedy.en}",
        f"- 已知局限：{rule.limits}",
    ]
    if rule.replaces:
        lines.append(f"- 同时成立时替代：{'、'.join(entry.rule for entry in rule.replaces)}")
    if rule.retired_because:
        lines.append(f"- 停用原因：{rule.retired_because}")
    return [*lines, ""]
