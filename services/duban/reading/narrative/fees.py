"""What the report says of information-processing fees (国办函〔2020〕109号)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duban.domain.place import Place
from duban.domain.report import Fees, Passage
from duban.domain.text import normal
from duban.reading.narrative.prose import Alphabet, Prose

_FEE = re.compile(r"费")
_SENTENCE = re.compile(r"[^。；！？]+[。；！？]?")
_SUBJECT = re.compile(
    r"信息处理(?:相关)?费|信息公开处理费|收费通知|(?:信息公开|依申请公开)[^，。；]{0,16}?(?:收费|费用|收取[^，。；]{0,6}费)"
)
_NOT_SUBJECT = re.compile(r"行政事业性(?:收费|费用)|收费(?:项目|标准|目录|依据|公示)")
_NONE = r"(?:未(?!来|按|经|能|尽|缴)|没有|无(?!法|关|论|正当|偿|障|缝|误)|不(?:收|存在|涉及|产生|发生|予收|向|再收|需)|零收费)"
_DENIED = re.compile(_NONE)
_NOT_TAKEN = re.compile(
    rf"(?:{_NONE})[^。；]{{0,30}}?(?:收取|收费|费)|(?:收费|收取|处理费)[^。；\d]{{0,20}}?(?:{_NONE})|零收费|不收费"
)
_B = re.compile(r"(?:未|没有|无)[^。；]{0,20}收取[^。；]{0,20}费")
_REDUCED = re.compile(r"收费(?:及|和|、)?减免情况[：，]?(?:无|没有|为零)")
_AMOUNT = r"(?P<amount>\d{1,3}(?:,\d{3})+(?:\.\d{1,4})?|\d{1,12}(?:\.\d{1,6})?|零)(?P<wan>万)?元"
_ALL_ZERO = re.compile(r"(?:均|都|全部)[为是]?(?:0|零)(?!\.)")
_NOTICES = re.compile(
    r"收费通知(?:书)?的?(?:件数|数量|总数|份数|数)?[共为是有：]{0,2}(?P<count>\d{1,6}|零)(?:件|份|次|个|(?=[，。；、]|$))"
    r"|(?:发出|下达|送达|出具|开具)了?(?P<before>\d{1,6})(?:件|份|次|个)(?:政府)?(?:信息公开|信息处理费)?的?收费通知"
)
_NO_NOTICE = re.compile(
    r"(?:未|没有|无)(?:发生|曾|有)?(?:发出|下达|送达|出具|开具)(?:过)?(?:任何)?(?:政府信息公开|信息处理费)?收费通知"
)
_COLLECTED = re.compile(
    rf"(?:实际|共|全年|合计|累计)?(?:收取|收到|收费|实收|征收|缴纳)[^，。；\d]{{0,24}}?{_AMOUNT}|处理费(?:用)?[^，。；\d]{{0,12}}?{_AMOUNT.replace('?P<amount>', '?P<amount2>').replace('?P<wan>', '?P<wan2>')}"
)
_BILLED = re.compile(
    rf"(?P<lead>[^，。；、\d]{{0,16}})(?:总金额|金额|总额|费用)[共为是：总计]{{0,3}}{_AMOUNT}"
)
_RESPECTIVE = re.compile(r"分别[为是](?P<list>[^。；]{3,40})")
_BOOKMARK = re.compile(r"^\s*\[bookmark:[^\]]*\]\s*")


@dataclass(slots=True)
class _Statement:
    text: str
    quote: str
    part: int
    at: Place
    notices: int | None = None
    billed: int | float | None = None
    collected: int | float | None = None

    @property
    def figures(self) -> int:
        return sum(value is not None for value in (self.notices, self.billed, self.collected))


def find_fees(passages: Sequence[Passage]) -> Fees:
    """The statement on fees: 3.12.5 says what is one; the fullest in part 6 gives the figures."""
    alphabet = Alphabet()
    statements: list[_Statement] = []
    for passage in passages:
        if _FEE.search(passage.text) or "收费" in normal(passage.text):
            statements.extend(_statements(Prose(passage, alphabet)))
    if not statements:
        return Fees(stated=False)
    best = max(statements, key=lambda said: (said.part == 6, said.figures))
    ordered = [best, *(said for said in statements if said.part == best.part)]
    return Fees(
        stated=True,
        notice_count=_first(said.notices for said in ordered),
        notice_amount_yuan=_first(said.billed for said in ordered),
        collected_amount_yuan=_first(said.collected for said in ordered),
        quote=best.quote,
        parts=tuple(sorted({said.part for said in statements})),
        at=best.at,
    )


def _first(values: Iterable[int | float | None]) -> int | float | None:
    return next((value for value in values if value is not None), None)


def _statements(prose: Prose) -> Iterable[_Statement]:
    for found in _SENTENCE.finditer(prose.text):
        text = found.group().replace("□", "")
        if len(text) > 1000 or not _is_statement(text):
            continue
        said = _Statement(
            text,
            _BOOKMARK.sub("", prose.quote(found.start(), found.end())).strip(),
            prose.passage.part or 0,
            prose.place(found.start()),
        )
        _read_figures(said)
        yield said


def _is_statement(text: str) -> bool:
    if _REDUCED.search(text):
        return True
    if _B.search(text) and not _NOT_SUBJECT.search(text):
        return True
    subject = _SUBJECT.search(text)
    if subject is None:
        return False
    if _NOT_SUBJECT.search(text) and not re.search(r"信息处理|收费通知", text):
        return False
    return bool(
        _ALL_ZERO.search(text)
        or _DENIED.search(text)
        or re.search(r"\d(?:\.\d+)?万?元|(?:为|是|：)(?:0|零)|收费通知[^，。；]{0,10}\d", text)
    )


def _read_figures(said: _Statement) -> None:
    text = said.text
    if _ALL_ZERO.search(text):
        if re.search(r"收费通知|件数|件.{0,8}金额", text):
            said.notices, said.billed = 0, 0
        said.collected = 0
        return
    if _RESPECTIVE.search(text):
        _read_respective(said)
        return
    notices = _NOTICES.search(text)
    if notices:
        said.notices = _count(notices["count"] or notices["before"])
    elif _NO_NOTICE.search(text):
        said.notices = 0
    main = text.split("其中")[0]
    collected = None
    for found in _COLLECTED.finditer(main):
        collected = _yuan(found["amount"] or found["amount2"], found["wan"] or found["wan2"])
    for found in _BILLED.finditer(main):
        if not re.search(r"实际|收取|实收|收到", found["lead"]) and notices:
            said.billed = _yuan(found["amount"], found["wan"])
            break
    said.collected = collected
    if (
        said.collected is None
        and (_NOT_TAKEN.search(text) or _REDUCED.search(text))
        and not _NO_NOTICE.search(text)
    ):
        said.collected = 0


def _read_respective(said: _Statement) -> None:
    """发出收费通知的件数、总金额和实际收取总金额分别为0件、0元、0元."""
    found = _RESPECTIVE.search(said.text)
    if found is None:
        return
    values = re.findall(r"(\d[\d,]*(?:\.\d+)?)(万)?(件|份|次|元)?", found["list"])
    if len(values) == 3 and "收费通知" in said.text and "收取" in said.text:
        said.notices = _count(values[0][0])
        said.billed = _yuan(values[1][0], values[1][1])
        said.collected = _yuan(values[2][0], values[2][1])


def _count(printed: str) -> int:
    return 0 if printed == "零" else int(printed.replace(",", ""))


def _yuan(printed: str, wan: str | None) -> int | float:
    value = 0.0 if printed == "零" else float(printed.replace(",", "")) * (10_000 if wan else 1)
    value = round(value, 2)
    return int(value) if value == int(value) else value
