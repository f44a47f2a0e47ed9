"""The reference page of the settings of the servers, from their declarations."""

from __future__ import annotations

from duban.config_list import FILE_OF_A_SECRET, SECTIONS, Section, Setting
from duban.config_source import FILE

_HEAD = f"""# 服务器的设置 / Settings of the servers

由 `make docs` 从程序生成。命令自己的选项见[命令](cli.md)，都可用那里注明的环境变量给出。

每项先看环境变量，再看 `{FILE}` 所指的 YAML 文件（每台服务器一节，项名如下表）。
密码、密钥另可放在单独的文件里：变量名后加 `_FILE`，值为文件的路径。
密码、密钥在任何输出和日志里都显示为 `***`；地址里不能写密码。

Each setting is taken from the environment, else from the YAML file that `{FILE}` names (one
mapping per server). A secret may also lie in a file of its own, named by the variable with `_FILE`
at its end. Secrets are shown as `***` wherever they are printed or logged.

```yaml
kafka:
  address: kafka-1:9093
  tls: true
  ca_file: /etc/duban/ca.pem
  user: duban
  password_file: /run/secrets/kafka
```
"""
_KINDS = {
    "text": "文字 text",
    "addresses": "地址 addresses",
    "url": "网址 URL",
    "urls": "网址 URL, URL",
    "number": "整数 number",
    "seconds": "秒 seconds",
    "switch": "true / false",
    "file": "文件 file",
    "secret": "密钥 secret",
}


def render() -> str:
    """The page as Markdown."""
    return "\n".join([_HEAD, *(_section(one) for one in SECTIONS)])


def _section(section: Section) -> str:
    head = f"## {section.title}（`{section.server}`）\n\n| variable | 项 | 值 | 默认 | 含义 |\n"
    rows = "".join(_row(section, one) for one in section.settings)
    return f"{head}|---|---|---|---|---|\n{rows}"


def _row(section: Section, one: Setting) -> str:
    variable = f"`{section.variable(one.name)}`"
    if one.kind == "secret":
        variable += f", `…{FILE_OF_A_SECRET.upper()}`"
    default = section.default(one)
    said = f"`{default}`" if default else ""
    return f"| {variable} | `{one.name}` | {_KINDS[one.kind]} | {said} | {one.zh} / {one.en} |\n"
