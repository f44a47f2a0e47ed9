"""What each field of a roster entry may hold, and what to say where it holds something else."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from ipaddress import ip_address
from typing import Any, get_args
from urllib.parse import urlsplit

from duban.crawler.roster_fault import holds_invisible
from duban.domain.agency import KINDS, Agency, Level

FIELDS: tuple[str, ...] = Agency.__struct_fields__
REQUIRED = ("id", "name", "kind")
LEVELS: tuple[str, ...] = get_args(Level)
ID_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
REGION_PATTERN = "^[0-9]{2,12}$"
HOST_PATTERN = r"^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?$"
CREDIT_PATTERN = "^[0-9A-HJ-NPQRTUWXY]{18}$"  # GB 32100 leaves out I, O, S, V and Z
YEAR_PATTERN = "^20[0-9]{2}$"
YES_OR_NO = {"true": True, "yes": True, "是": True, "false": False, "no": False, "否": False}


def is_address(text: str) -> bool:
    """Whether a text is a plain web address, without a user's name or a character nobody sees."""
    if _holds_space(text):
        return False
    try:
        parts = urlsplit(text)
        is_web = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return is_web and parts.username is None


def _holds_space(text: str) -> bool:
    return holds_invisible(text) or any(map(str.isspace, text))


def is_inner(host: str, *, allow_loopback: bool) -> bool:
    """Whether a host, without its port, plainly lies in the inner network and is never asked."""
    if host.lower().rstrip(".") == "localhost":
        return not allow_loopback
    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False  # a name is resolved, and checked, when it is asked
    return not (address.is_global or (allow_loopback and address.is_loopback))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_name(text: str) -> bool:
    return 2 <= len(text) <= 100 and not _holds_space(text)


def _fits(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


_DAY = ("日期，如 2024-01-31", "a day, such as 2024-01-31")

#: Field → whether a text may stand in it, and what should, in both languages.
CHECKS: dict[str, tuple[Callable[[str], bool], str, str]] = {
    "id": (
        _fits(ID_PATTERN),
        "半角字母、数字、点、横线组成的编号，最长 64 位",
        "made of ASCII letters, digits, dots and dashes, at most 64",
    ),
    "name": (
        _is_name,
        "机关全称，2 至 100 字，中间不留空格和看不见的字符",
        "the full name, 2 to 100 characters, without spaces or invisible characters",
    ),
    "kind": (lambda text: text in KINDS, f"以下之一：{'、'.join(KINDS)}",
             f"one of {', '.join(KINDS)}"),
    "level": (lambda text: text in LEVELS, f"以下之一：{'、'.join(LEVELS)}",
              f"one of {', '.join(LEVELS)}"),
    "region": (_fits(REGION_PATTERN), "行政区划代码，2 至 12 位数字", "2 to 12 digits"),
    "hosts": (_fits(HOST_PATTERN), "主机名，不带 http:// 和路径",
              "the name of a host, without http:// and path"),
    "valid_from": (_is_date, *_DAY),
    "valid_to": (_is_date, *_DAY),
    "credit_code": (_fits(CREDIT_PATTERN), "18 位统一社会信用代码", "a credit code of 18 signs"),
    "has_rule_power": (lambda text: text.lower() in YES_OR_NO, "true 或 false", "true or false"),
}  # fmt: skip


def roster_schema() -> dict[str, Any]:
    """The JSON Schema of a roster file in YAML form."""
    text = {"type": "string", "minLength": 1}
    texts = {"type": "array", "items": text}
    day = {"type": "string", "format": "date"}
    waiver = {
        "type": "object",
        "properties": {"year": {"type": "integer", "minimum": 2000, "maximum": 2099}}
        | {"reason": text},
        "required": ["year", "reason"],
        "additionalProperties": False,
    }
    properties: dict[str, Any] = {
        "id": {"type": "string", "pattern": ID_PATTERN},
        "name": {"type": "string", "pattern": "^\\S{2,100}$"},
        "kind": {"enum": list(KINDS)},
        "region": {"type": "string", "pattern": REGION_PATTERN},
        "parent": text,
        "short_names": texts,
        "former_names": texts,
        "columns": texts,
        "hosts": {"type": "array", "items": {"type": "string", "pattern": HOST_PATTERN}},
        "valid_from": day,
        "valid_to": day,
        "level": {"enum": list(LEVELS)},
        "merged_into": text,
        "has_rule_power": {"type": "boolean"},
        "credit_code": {"type": "string", "pattern": CREDIT_PATTERN},
        "waived": {"type": "array", "items": waiver},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "duban.roster/1",
        "description": (
            "Agencies that owe a report. CSV: the same keys as columns, lists by |, "
            "waived as 2023:reason|2024:reason."
        ),
        "type": "object",
        "properties": {
            "format": {"const": "duban.roster/1"},
            "site": {"type": "string", "pattern": "^https?://"},
            "agencies": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": properties,
                    "required": ["id", "name", "kind"],
                    "additionalProperties": False,
                },
            },
        },
        "required": ["format", "agencies"],
        "additionalProperties": False,
    }
