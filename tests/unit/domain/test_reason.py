"""Every reason why something is no report, or cannot be read, is told in both languages."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import duban
from duban.domain.event import ReportRejected, decode
from duban.domain.reason_english import ENGLISH
from duban.domain.report import Reason

HISTORY = Path(__file__).with_name("history")
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
MADE_BY = {"Reason", "UnreadableError", "_other", "_unreadable"}


def codes() -> Iterator[str]:
    """The codes that any part of the program gives."""
    for path in Path(duban.__file__).parent.rglob("*.py"):
        text = path.read_text("utf-8")
        if not any(f"{name}(" in text for name in MADE_BY):
            continue
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MADE_BY and call.args:
                code = call.args[0]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_every_code_has_an_english_sentence() -> None:
    assert {"scanned", "unassigned", "withdrawn", "internal_error"} <= set(codes())
    assert set(codes()) - {"r"} <= set(ENGLISH)
    assert [one for one in ENGLISH.values() if CHINESE.search(one) or not one.endswith(".")] == []


def test_a_reason_keeps_the_english_it_was_given() -> None:
    assert Reason("unassigned", "请人工指定。", "Say which.").message_en == "Say which."
    assert Reason("unassigned", "请人工指定。").message_en == ENGLISH["unassigned"]
    assert Reason("of_another_program", "不详。").message_en == ""


def test_a_fact_recorded_before_has_english_too() -> None:
    data = (HISTORY / "report.rejected.v1.json").read_bytes()
    assert "message_en" not in json.loads(data)["body"]["reason"]

    body = decode(data).body

    assert isinstance(body, ReportRejected)
    assert body.reason.message_en == ENGLISH[body.reason.code]
