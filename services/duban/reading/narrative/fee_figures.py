"""The figures of one sentence on fees: notices issued, yuan billed, yuan collected."""

from __future__ import annotations

import re
from dataclasses import dataclass

NO = (
    r"(?:未(?!来|按|经|能|尽|缴|及|达)|没有|无(?!法|关|论|正当|偿|障|缝|误|理|故|乱|违)"
    r"|不(?:收|存在|涉及|产生|发生|予收|向|再收|需)|零收费)"
)
_NUMBER = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,12}(?:\.\d{1,6})?|零)"
_AMOUNT = rf"{_NUMBER}(万)?(?:元|(?<=[^\d.,][0零])(?=[，。；、）]|$))"
_ALL_ZERO = re.compile(
    r"(?P<of>(?:收费通知|处理费|收取|收费|金额)[^。；]{0,60}?)(?:均|都|全部)(?:[为是]?(?:0|零)(?!\.)|无)"
)
_OTHER_ZERO = re.compile(r"复议|诉讼|申请数")
_HOW_MANY = r"的?(?:件数|数量|总数|份数|数)?[共为是有：]{0,2}"
_ISSUED = r"(?:发出|下达|送达|出具|开具)"
_NOTICES = re.compile(
    rf"收费通知书?{_HOW_MANY}{_NUMBER}(?:件|份|次|个|(?=[，。；、]|$))"
    rf"|{_ISSUED}了?{_NUMBER}(?:件|份|次|个)(?:政府)?(?:信息公开|信息处理费)?的?收费通知"
)
_NO_NOTICE = re.compile(
    rf"{NO}(?:发生|曾|有)?{_ISSUED}过?(?:任何)?(?:(?:政府)?信息公开|依申请公开|信息处理费)?的?收费通知书?"
)
_COLLECTED = re.compile(
    rf"(?:收取|收到|收费|实收|征收|缴纳|处理费)(?!通知)[^，。；\d]{{0,24}}?"
    rf"(?:\d{{1,6}}(?:件|笔|份|次|页)[，、]?(?:共计?|合计|总?金额)?)?{_AMOUNT}"
)
_BILLED = re.compile(
    rf"(?P<lead>[^，。；、\d]{{0,16}})(?:金额|总额|费用)[共为是：总计]{{0,3}}{_AMOUNT}"
)
_COLLECTING = re.compile(r"实际|收取|实收|收到")
_RESPECTIVE = re.compile(r"(?P<of>[^。；]{1,60})分别[为是](?P<values>[^。；]{3,60})")
_VALUE = re.compile(r"(\d[\d,]*(?:\.\d+)?)(万)?(件|份|次|元)")
_NOT_TAKEN = re.compile(
    rf"{NO}[^。；]{{0,30}}?(?:收取|收费|费)|(?:收费|收取|处理费|减免)[^。；\d]{{0,20}}?{NO}"
    r"|(?:收费|收取|处理费)[^，。；\d]{0,12}[为是：](?:0|零)(?![\d.])|零收费"
)


@dataclass(frozen=True, slots=True)
class Figures:
    """Notices, yuan billed and yuan collected; None where the sentence does not say."""

    notices: int | None = None
    billed: int | float | None = None
    collected: int | float | None = None

    @property
    def known(self) -> int:
        """How many of the three are told."""
        return sum(value is not None for value in (self.notices, self.billed, self.collected))

    def completed_by(self, other: Figures) -> Figures:
        """These figures, what they lack taken from another sentence."""
        return Figures(
            other.notices if self.notices is None else self.notices,
            other.billed if self.billed is None else self.billed,
            other.collected if self.collected is None else self.collected,
        )


def read_figures(text: str) -> Figures:
    """The figures of a sentence in normal form with Chinese marks, titles removed."""
    zero = _ALL_ZERO.search(text)
    if zero and not _OTHER_ZERO.search(zero["of"]):
        counted = re.search(r"收费通知|件数", text) is not None
        return Figures(0, 0, 0) if counted else Figures(collected=0)
    respective = _RESPECTIVE.search(text)
    if respective:
        return _respective(respective)
    whole = text.split("其中")[0]  # what follows are parts of the sums before it
    notices = _NOTICES.search(whole)
    billed = next(
        (
            _yuan(found[2], found[3])
            for found in _BILLED.finditer(whole)
            if not _COLLECTING.search(found["lead"])
        ),
        None,
    )
    collected = None
    for found in _COLLECTED.finditer(whole):
        collected = _yuan(found[1], found[2])
    count = _count(notices[1] or notices[2]) if notices else None
    if count is None:
        billed, collected = None, billed if collected is None else collected
    without = _NO_NOTICE.sub("", text)
    if without != text:
        count = 0
    if collected is None and _NOT_TAKEN.search(without):
        collected = 0
    return Figures(count, billed, collected)


def _respective(found: re.Match[str]) -> Figures:
    """发出收费通知的件数、总金额和实际收取总金额分别为0件、0元、0元."""
    values = _VALUE.findall(found["values"])
    if not values or "收费通知" not in found["of"] or values[0][2] == "元":
        return Figures()
    amounts = [_yuan(number, wan) for number, wan, unit in values[1:] if unit == "元"]
    if len(amounts) == 1 and "收取" in found["of"]:
        return Figures(_count(values[0][0]), None, amounts[0])
    billed, collected = (*amounts, None, None)[:2]
    return Figures(_count(values[0][0]), billed, collected)


def _count(printed: str) -> int:
    return 0 if printed == "零" else int(float(printed.replace(",", "")))


def _yuan(printed: str, wan: str | None) -> int | float:
    value = 0.0 if printed == "零" else float(printed.replace(",", ""))
    value = round(value * (10_000 if wan else 1), 2)
    return int(value) if value == int(value) else value
