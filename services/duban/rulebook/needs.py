"""What a rule needs before it is asked at all, and the reason given where it is lacking."""

from __future__ import annotations

from collections.abc import Callable

from duban.rulebook.view import View

_TABLE_WORDS = {
    "applications": "申请办理情况表",
    "disputes": "行政复议、行政诉讼情况表",
}


def _text(view: View) -> str | None:
    damaged = view.report.damaged
    return f"正文损坏（{damaged}），不能作为判断依据" if damaged else None


def _table(name: str) -> Callable[[View], str | None]:
    def reason(view: View) -> str | None:
        table = view.tables.get(name)
        if table is None:
            return f"未读到{_TABLE_WORDS[name]}"
        return f"{_TABLE_WORDS[name]}的结构不可靠：{table.doubt}" if table.doubt else None

    return reason


#: The named needs of rule files.
NEEDS: dict[str, Callable[[View], str | None]] = {
    "text": _text,
    "applications": _table("applications"),
    "disputes": _table("disputes"),
    "form": lambda view: None if view.about.regime else "无法从标签判断所用格式",
    "due_year": lambda view: None if view.about.due_year else "未给出应报年度",
    "names": lambda view: None if view.about.names else "未给出单位名称",
    "prior": lambda view: view.prior.doubt if view.prior else "没有上一年度的报告可供对照",
    "obligation": lambda view: None if view.context.obligation else "未纳入监测，不掌握公布期限",
}


def unmet(needs: tuple[str, ...], view: View) -> str | None:
    """The first need that is not met, in words."""
    for need in needs:
        reason = NEEDS[need](view)
        if reason is not None:
            return reason
    return None
