"""`duban rules`: look at rules, and bind their versions."""

from __future__ import annotations

from pathlib import Path

import click

from duban import assets
from duban.cli import options
from duban.cli.failure import EXIT_FINDINGS
from duban.domain.basis import in_words
from duban.errors import UsageError
from duban.rulebook import Rulebook, load
from duban.rulebook.rule import Rule

EPILOG = """
\b
示例 / examples:
  duban rules list
  duban rules explain T3-SUM-ROW
  duban rules check --rules 我的规则/
"""
SEVERITIES = {"error": "错误", "warning": "疑似", "info": "提示"}


@click.group("rules", epilog=EPILOG)
def command() -> None:
    """查看、核对规则 / look at rules and check them."""


@command.command("list")
@options.rules
def list_rules(rules: Path | None) -> None:
    """列出规则 / list the rules."""
    rulebook = load(assets.find("rules", rules))
    for rule in rulebook.rules:
        click.echo(f"{rule.id:<22} {SEVERITIES[rule.severity]}  {rule.title.zh}")
    click.echo(f"规则集 {rulebook.version}，共 {len(rulebook.rules)} 条。", err=True)


@command.command("explain")
@click.argument("rule_id", metavar="规则")
@options.rules
def explain(rule_id: str, rules: Path | None) -> None:
    """一条规则：依据、适用、改法、局限 / one rule: basis, scope, remedy, limits."""
    rule = _rule(load(assets.find("rules", rules)), rule_id)
    kinds = "所有机关" if rule.kinds == "all" else "、".join(rule.kinds)
    click.echo(f"{rule.id}（第 {rule.version} 版，{SEVERITIES[rule.severity]}）{rule.title.zh}")
    click.echo(f"  {rule.title.en}")
    click.echo(f"  适用：{rule.years}，{kinds}")
    if rule.about == "absence":
        click.echo("  对象：应有而未见报告的年度，不核对单个文件")
    click.echo(f"  依据：{'；'.join(in_words(code) for code in rule.basis)}")
    click.echo(f"  改法：{rule.remedy.zh}")
    click.echo(f"  局限：{rule.limits or '无'}")


@command.command("check")
@options.rules
@click.pass_context
def check(context: click.Context, rules: Path | None) -> None:
    """规则文件是否有效，版本锁是否相符 / are the files valid and do they match the lock."""
    from duban.rulebook import lock

    folder = assets.find("rules", rules)
    load(folder)
    problems = lock.check(folder)
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        context.exit(EXIT_FINDINGS)
    click.echo("规则有效，版本锁相符。")


@command.command("lock")
@options.rules
def write_lock(rules: Path | None) -> None:
    """把编号、版本和内容写进 lock.json / bind ids, versions and contents."""
    from duban.rulebook import lock

    folder = assets.find("rules", rules)
    load(folder)
    lock.write(folder)
    click.echo(f"已写入 {folder / 'lock.json'}")


def _rule(rulebook: Rulebook, rule_id: str) -> Rule:
    for rule in rulebook.rules:
        if rule.id == rule_id.upper():
            return rule
    near = [rule.id for rule in rulebook.rules if rule.id.startswith(rule_id.upper()[:3])]
    hint = f"；相近的有 {'、'.join(near)}" if near else ""
    raise UsageError(f"没有规则 {rule_id}{hint}。用 duban rules list 查看全部。")
