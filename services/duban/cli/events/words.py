"""Each event in one line that an operator can read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duban.adapters.embedded.moment import SHANGHAI
from duban.domain import event as bodies

if TYPE_CHECKING:
    from duban.adapters.embedded.history import Entry

_OUTCOMES = {"read": "已读", "unchanged": "无变化", "failed": "未取得", "blocked": "被拒绝"}
_STAGES = {
    "not_yet_due": "未到期", "blocked": "未能核实", "absent": "未检索到", "present": "已发布",
    "waived": "免报", "ended": "不再应报",
}  # fmt: skip
_BECAUSE = {
    "revised": "换了新文件", "reread": "重新读取", "rulebook": "规则更新", "prior": "上年报告变化",
    "roster": "名录变化", "unreadable": "现文件无法读取", "obligation": "报送情况变化",
    "withdrawn": "报告已撤下",
}  # fmt: skip


def line(entry: Entry) -> str:
    """Position, time, name, whose, and what it says."""
    if entry.head is None:
        return f"{entry.position:>8}  {'':19}  （无法解读） {entry.id}"
    at = entry.head.at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    event = entry.event()
    said = told(event.body) if event else "（本程序不认识这一版本）"
    key = entry.head.key if len(entry.head.key) < 40 else entry.head.key[:12] + "…"
    return f"{entry.position:>8}  {at}  {entry.head.name:<18} {key:<14} {said}  [{entry.id[:8]}]"


def told(body: bodies.Body) -> str:
    """What an event says, in Chinese."""
    return _fact(body) or _conclusion(body) or _alert(body)


def _fact(body: bodies.Body) -> str:
    match body:
        case bodies.AgencyRegistered(agency=agency):
            return f"登记 {agency.name}"
        case bodies.AgencyRemoved(reason=reason):
            return f"移出名录：{reason}"
        case bodies.PageChecked() | bodies.PageCheckedV1():
            return f"{_OUTCOMES[body.outcome]} {body.url}，年报链接 {body.links} 个"
        case bodies.ReportPosted():
            return f"{body.title or body.url or '上传的文件'}（{body.bytes} 字节）"
        case bodies.ReportRead():
            return f"{body.year} 年度报告已读取（{body.media}）"
        case bodies.ReportRejected():
            return body.reason.message
        case bodies.ReportWithdrawn():
            return f"已撤下 {body.url}（{body.http_status}）"
        case bodies.RulebookReleased(version=version):
            return f"启用规则 {version}"
        case bodies.CalendarReleased(version=version, holidays_until=until):
            return f"启用期限与节假日 {version}（节假日至 {until} 年）"
        case bodies.DayBegan(day=day):
            return day
        case bodies.EventRetried():
            return f"由 {body.by} 要求重新处理 {body.event_id[:8]}（{body.unit}）"
    return ""


def _conclusion(body: bodies.Body) -> str:
    match body:
        case bodies.ObligationDue(obligation=duty):
            return f"{duty.year} 年度：{_STAGES[duty.stage]}（期限 {duty.due_on}）"
        case bodies.ReportAssessed():
            return (
                f"{body.year} 年度：错误 {body.errors}，疑似 {body.warnings}，提示 {body.infos}"
                f"（规则 {body.rulebook}）"
            )
        case bodies.FindingChanged(year=year, finding=finding):
            return f"{year} 年度：变化 {finding.rule} {finding.message}"
        case bodies.FindingOpened(year=year, finding=finding):
            return f"{year} 年度：发现 {finding.rule} {finding.message}"
        case bodies.FindingResolved(year=year, because=because, fingerprint=fingerprint):
            return f"{year} 年度：消除 {fingerprint[:8]}（{_BECAUSE[because]}）"
    return ""


def _alert(body: bodies.Body) -> str:
    match body:
        case bodies.AlertResolved(year=year, because=because):
            return f"{year} 年度：提醒解除（{_BECAUSE[because]}）"
        case bodies.AlertOpened(year=year, lines=lines, quiet=quiet):
            said = "提醒变化" if isinstance(body, bodies.AlertChanged) else "提醒"
            return f"{year} 年度：{said} {len(lines)} 处{'（不外发）' if quiet else ''}"
        case bodies.SilenceSet(silence=one):
            return f"由 {one.by} 静默至 {one.until:%Y-%m-%d}：{one.reason}"
        case bodies.SilenceLifted():
            return f"由 {body.by} 解除静默 {body.silence_id[:8]}"
        case bodies.MessageDelivered():
            return f"消息 {body.message_id[:8]} 已由 {body.channel} 送出（{len(body.alerts)} 项）"
    return ""
