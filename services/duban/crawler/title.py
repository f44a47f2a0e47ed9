"""What the words on a link tell: whether it is an annual report, of which year, of whom."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from duban.domain.agency import Agency
from duban.domain.text import normal

_REPORT = re.compile(
    r"(政府)?信息公开(工作)?(情况)?(的)?(年度|年度工作)?(报告|年报)"
    r"|信息公开年度(工作)?报告|政务公开(工作)?年度报告"
)
_SHORT_REPORT = re.compile(r"(年度(工作)?报告|年报|工作报告)(\(.{0,12}\))?(\.[a-z]{3,4})?$")
# Under a bare "2023年年度报告" the words before it must not tell of another kind of report.
_OTHER_KIND = re.compile(
    r"法治政府|网站|决算|预算|统计|财务|新媒体|执法|质量|环境|社会责任|党务|部门整体|绩效|人事"
    r"|普法|依法行政|建议提案|督查|行政许可"
)
# Papers about the reports; these words may well occur in the name of an agency further inside.
_ABOUT_BEFORE = re.compile(
    r"^关于(做好|印发|编制|开展|报送|发布|进一步|组织)|解读|图解|一图|图说|模板|培训材料"
)
_ABOUT_BEHIND = re.compile(
    r"通知|解读|图解|通报|培训|模板|格式|填报|评估|汇总|编制|专栏|专题|规定|要点|的函"
)
_YEAR = re.compile(r"(?<!\d)(20[0-4]\d)(?!\d)")
_HAN_YEAR = re.compile("二[〇零○O0]([〇零○O0一二三四])([〇零○O0一二三四五六七八九])年")
_HAN_DIGITS = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")}


def is_report(text: str, column: str = "") -> bool:
    """Whether a link's words announce an annual disclosure report.

    `column` is the name of the list page: under “政府信息公开年报” a bare “2023年年度报告” will do.
    """
    words = normal(text)
    found = _REPORT.search(words)
    if found:
        before, behind = words[: found.start()], words[found.end() :]
        if _ABOUT_BEFORE.search(before) or _ABOUT_BEHIND.search(behind):
            return False
        return year_in(text) is not None or not _is_column_name(words)
    if _OTHER_KIND.search(words) or _REPORT.search(normal(column)) is None:
        return False
    return year_in(text) is not None and _SHORT_REPORT.search(words) is not None


def _is_column_name(words: str) -> bool:
    """A bare “政府信息公开年报” is a link to the column itself."""
    return (
        re.fullmatch(
            r"[>›]*(历年|本级|部门|乡镇|街道)?(政府)?信息公开(工作)?(年度)?(报告|年报)", words
        )
        is not None
    )


def year_in(text: str) -> int | None:
    """The one year a title names; None where it names none, or several."""
    words = normal(text)
    found = {int(year) for year in _YEAR.findall(words)}
    for tens, ones in _HAN_YEAR.findall(words):
        found.add(int("20" + _digit(tens) + _digit(ones)))
    return found.pop() if len(found) == 1 else None


def _digit(text: str) -> str:
    return _HAN_DIGITS.get(text, "0")


def agency_in(text: str, agencies: Iterable[Agency]) -> Agency | None:
    """The agency a title names, by its longest name; None where none, or two different ones."""
    words = normal(text)
    best: dict[str, tuple[int, Agency]] = {}
    longest = 0
    for agency in agencies:
        for name in names_of(agency):
            if len(name) >= longest and name in words:
                if len(name) > longest:
                    best.clear()
                longest = len(name)
                best[agency.id] = (longest, agency)
    return next(iter(best.values()))[1] if len(best) == 1 else None


def names_of(agency: Agency) -> Sequence[str]:
    """All names of an agency in normal form, longer than one character."""
    names = (agency.name, *agency.short_names, *agency.former_names)
    return [name for name in map(normal, names) if len(name) > 1]
