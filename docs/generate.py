"""Write the generated reference pages, or with --check tell which are out of date.

python docs/generate.py [--check]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click

ROOT = Path(__file__).resolve().parents[1]


def _walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[str, click.Context]]:
    context = click.Context(
        command,
        info_name=" ".join(path),
        max_content_width=88,
        terminal_width=88,
        auto_envvar_prefix="_".join(path).upper().replace("-", "_"),
    )
    yield " ".join(path), context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None:
                yield from _walk(child, (*path, name))


def cli_page() -> str:
    """Every command's help, from the parser itself."""
    from duban.cli import group

    parts = [
        "# 命令 / Command line",
        "",
        "由 `make docs` 从程序生成。退出码：0 未发现问题；1 有发现；2 用法或配置不对；"
        "3 程序自身出错；130 被中断。",
    ]
    for name, context in _walk(group, ("duban",)):
        parts += ["", f"## {name}", "", "```", context.get_help().rstrip(), "```"]
    return "\n".join(parts) + "\n"


def pages() -> Mapping[Path, str]:
    """Path → text of everything that is generated."""
    from duban import assets, config_reference
    from duban.crawler.roster import roster_schema
    from duban.domain import event_reference
    from duban.kibana import catalogue as kibana
    from duban.measuring import reference as metric_reference
    from duban.rulebook import catalogue, deadlines, shape

    made = {
        ROOT / "docs/reference/cli.md": cli_page(),
        ROOT / "docs/reference/rules.md": catalogue.render(assets.find("rules")),
        ROOT / "docs/reference/events.md": event_reference.render(),
        ROOT / "docs/reference/metrics.md": metric_reference.render(),
        ROOT / "docs/reference/settings.md": config_reference.render(),
    }
    for name, schema in (
        ("roster", roster_schema()),
        ("rule", shape.schema()),
        ("deadline", deadlines.schema()),
    ):
        text = json.dumps(schema, ensure_ascii=False, indent=2) + "\n"
        made[ROOT / f"schemas/{name}.v1.json"] = text
    made.update(
        {ROOT / "schemas/events" / name: text for name, text in event_reference.schemas().items()}
    )
    made.update({ROOT / "dashboards/kibana" / name: text for name, text in kibana.texts().items()})
    return made


def main() -> int:
    """Write or check; 1 when something is out of date."""
    stale = [
        path
        for path, text in pages().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        for path in stale:
            click.echo(f"{path.relative_to(ROOT)} 已过期：请运行 make docs。", err=True)
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(pages()[path], encoding="utf-8")
        click.echo(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
