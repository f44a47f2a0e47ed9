"""Messages an officer can act on: whose, which year, what, where, and where to look.

Chinese first and whole, then the same in English. What is proved and what is a suspicion stand
apart, and what we cannot read is never told as a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote

from duban.domain.alert import AlertLine
from duban.domain.conclusion import Because
from duban.domain.day import SHANGHAI
from duban.domain.form import label_of
from duban.domain.message import Message
from duban.notifying.standing import News

_LINES = 20
_ALERTS = 60
_CELLS = 4
_MARK = "【督办】"
_WHAT = {
    "opened": ("新发现", "new"),
    "changed": ("有变化", "changed"),
    "resolved": ("解除", "no longer alerted"),
    "repeat": ("仍未消除", "still open"),
}
_RETRACTED = (
    "此前的提醒由本系统重新读取后撤回：问题出在我们的读取，与该机关无关。",
    "The earlier alert is withdrawn after our own re-reading: the fault was ours, "
    "not the agency's.",
)
_WHY: dict[Because, tuple[str, str]] = {
    "reread": _RETRACTED,
    "revised": (
        "新读到的报告中不再有下列问题。",
        "The report that was read now shows these faults no more.",
    ),
    "prior": (
        "上一年度的报告变化后，下列问题不再成立。",
        "Since the report of the year before changed, these no longer hold.",
    ),
    "rulebook": (
        "规则更新后，下列各项不再认定为问题。",
        "Under the rules now in force these are no faults.",
    ),
    "roster": (
        "名录变化后，下列各项不再提醒。",
        "Since the roster changed, these are alerted no more.",
    ),
    "unreadable": (
        "现在的文件无法读取，下列问题无从核实，并不表示已经改正。",
        "The file that stands there now cannot be read; nothing shows that these were mended.",
    ),
    "withdrawn": (
        "报告已从网上撤下，下列问题不再存在于公开的报告中。",
        "The report was taken off the web; these stand in no public report any more.",
    ),
    "obligation": (
        "报送情况变化后，下列各项不再成立。",
        "Since the state of the duty changed, these no longer hold.",
    ),
}


def subject_of(news: Sequence[News]) -> str:
    """The subject of a message about one agency and year."""
    one = news[0].standing.alert
    head = f"{_MARK}{one.agency} {one.year} 年度"
    lines = [line for item in news for line in item.lines]
    if not lines:
        return _one_line(f"{head}：提醒解除")
    parts = [
        f"{count} 处{word}"
        for word, count in (("错误", _count(lines, "error")), ("疑似", _count(lines, "warning")))
        if count
    ]
    if all(item.standing.alert.kind == "unreadable" for item in news if item.lines):
        return _one_line(f"{head}：报告无法自动读取，请人工查看")
    return _one_line(f"{head}：{_WHAT[news[0].what][0]}，{'、'.join(parts)}")


def text_of(news: Sequence[News], page: str, at: datetime) -> str:
    """The text of a message about one agency and year."""
    return "\n".join([*_whole(news, page, at, 0), "", "—— English ——", *_whole(news, page, at, 1)])


def digest_subject(groups: Sequence[Sequence[News]], *, is_repeat: bool) -> str:
    """The subject of a message about many agencies."""
    word = "仍未消除" if is_repeat else "汇总"
    agencies = {item.standing.alert.agency_id for group in groups for item in group}
    items = sum(map(len, groups))
    return f"{_MARK}{word}：{len(agencies)} 个机关、{items} 项提醒"


def digest_text(groups: Sequence[Sequence[News]], page: str, at: datetime) -> str:
    """The text of a message about many agencies: one line for each alert."""
    made: list[str] = []
    for lang in (0, 1):
        made += ["—— English ——"] if lang else []
        shown = [item for group in groups for item in group]
        made.append((f"截至 {_time(at)}：", f"As of {_time(at)}:")[lang])
        for item in shown[:_ALERTS]:
            made.append(_digest_line(item, lang))
        if len(shown) > _ALERTS:
            more = len(shown) - _ALERTS
            made.append((f"另有 {more} 项，见页面。", f"{more} more, see the pages.")[lang])
        if page:
            made.append((f"全部：{page}/findings", f"All: {page}/findings?lang=en")[lang])
        made.append("")
    return "\n".join(made[:-1])


def with_id(message: Message) -> str:
    """The text as it is sent: with the message's id, by which a repetition is recognised."""
    again = (
        "\n上次发送时程序中断，本条可能重复；编号相同的请忽略。"
        "\nSending was interrupted before; if you have a message of this id, ignore this one."
    )
    return f"{message.text}\n\n编号 / id: {message.id}{again if message.again else ''}"


def _digest_line(item: News, lang: int) -> str:
    alert = item.standing.alert
    lines = item.lines or item.gone
    first = (lines[0].message, lines[0].message_en)[lang] if lines else ""
    more = len(lines) - 1
    rest = (f"（等 {more + 1} 处）", f" (and {more} more)")[lang] if more > 0 else ""
    doubt = _doubt(lines[0], alert.kind, lang) if lines else ""
    what = _WHAT[item.what][lang]
    if item.what == "resolved" and alert.because == "reread":
        what = ("撤回：我方误读", "withdrawn: our misreading")[lang]
    elif item.what == "resolved" and alert.because == "unreadable":
        what = ("现无法读取，未必改正", "cannot be read now, perhaps not mended")[lang]
    year = (f"{alert.year} 年度", str(alert.year))[lang]
    return _one_line(f"- {alert.agency} {year} [{what}] {doubt}{first}{rest}")


def _whole(news: Sequence[News], page: str, at: datetime, lang: int) -> list[str]:
    one = news[0].standing.alert
    region = f"（{one.region}）" if one.region else ""
    made = [
        (f"机关：{one.agency}{region}", f"Agency: {one.agency} {one.region}".rstrip())[lang],
        (f"年度：{one.year}", f"Year: {one.year}")[lang],
    ]
    for item in news:
        made += _part(item, lang)
    if one.due_on and any(item.standing.alert.kind == "absent" for item in news):
        made.append((f"公布期限：{one.due_on}", f"Last day: {one.due_on}")[lang])
    if one.url:
        made.append((f"报告网址：{one.url}", f"Report: {one.url}")[lang])
    if page:
        link = f"{page}/reports/{quote(one.agency_id, safe='')}/{one.year}"
        made.append((f"查看与处理：{link}", f"Look and act: {link}?lang=en")[lang])
    made.append((f"截至 {_time(at)}", f"As of {_time(at)}")[lang])
    return made


def _part(item: News, lang: int) -> list[str]:
    alert, made = item.standing.alert, [""]
    if item.what == "resolved":
        made.append(_WHY[alert.because][lang])
    new = {line.fingerprint for line in item.new} if item.what == "changed" else set()
    for severity in ("error", "warning"):
        lines = [line for line in item.lines if line.severity == severity]
        if lines:
            made.append(_heading(severity, alert.kind, lang))
            made += _told(lines, new, lang)
    if item.gone:
        made.append(("不再提醒：", "No longer alerted:")[lang])
        made += _told(list(item.gone), set(), lang)
    return made


def _heading(severity: str, kind: str, lang: int) -> str:
    if kind == "unreadable":
        return (
            "未能判读（不作结论，请人工查看）：",
            "Could not be read (no conclusion; please look):",
        )[lang]
    if severity == "error":
        return ("错误（文件或记录可以证明）：", "Errors (proved by document or record):")[lang]
    return (
        "疑似（须经核实，不作结论）：",
        "Suspicions (no conclusion until they are verified):",
    )[lang]


def _told(lines: list[AlertLine], new: set[str], lang: int) -> list[str]:
    made = []
    for number, line in enumerate(lines[:_LINES], 1):
        mark = ("〔新〕", "[new] ")[lang] if line.fingerprint in new else ""
        rule = (f"（规则 {line.rule}）", f" (rule {line.rule})")[lang] if line.rule else ""
        made.append(_one_line(f"{number}. {mark}{(line.message, line.message_en)[lang]}{rule}"))
        where = _where(line, lang)
        if where:
            made.append(f"   {where}")
    if len(lines) > _LINES:
        more = len(lines) - _LINES
        made.append((f"   另有 {more} 处，见页面。", f"   {more} more, see the page.")[lang])
    return made


def _where(line: AlertLine, lang: int) -> str:
    parts = []
    if line.cells:
        cells = line.cells[:_CELLS]
        said = [label_of(one) for one in cells] if lang == 0 else list(cells)
        parts.append(("、", ", ")[lang].join(said) + ("…" if len(line.cells) > _CELLS else ""))
    if line.at is not None and line.at.page is not None:
        parts.append((f"第 {line.at.page} 页", f"page {line.at.page}")[lang])
    return (("位置：", "where: ")[lang] + ("；", "; ")[lang].join(parts)) if parts else ""


def _doubt(line: AlertLine, kind: str, lang: int) -> str:
    if kind == "unreadable":
        return ("未能判读：", "could not be read: ")[lang]
    return ("疑似：", "suspected: ")[lang] if line.severity == "warning" else ""


def _count(lines: Sequence[AlertLine], severity: str) -> int:
    return sum(line.severity == severity for line in lines)


def _time(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _one_line(text: str) -> str:
    return " ".join(text.split())
