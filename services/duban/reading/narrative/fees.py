"""What the report says of information-processing fees (国办函〔2020〕109号)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from duban.domain.place import Place
from duban.domain.report import Fees, Passage
from duban.reading.narrative.fee_figures import NO, Figures, read_figures
from duban.reading.narrative.prose import Alphabet, Prose

_SENTENCE = re.compile(r"[^。；！？]{1,600}[。；！？]?")
_MAY_SAY = re.compile(r"[费費]")
_SUBJECT = re.compile(
    r"信息处理(?:相关)?费|信息公开处理费|收费通知"
    r"|(?:信息公开|依申请公开)[^，。；]{0,16}?(?:收费|费用|收取[^，。；]{0,6}费)"
)
_OTHER_FEES = re.compile(r"行政事业性(?:收费|费用)|收费(?:项目|标准|目录|依据|公示)")
_OWN_FEES = re.compile(r"信息(?:公开)?处理|收费通知")
_FIGURE = re.compile(
    r"\d(?:\.\d+)?万?元|(?:均|都|全部)[为是]?(?:0|零)|[为是：](?:0|零|无)|收费通知[^，。；]{0,10}\d"
)
_DENIED = re.compile(NO)
_NOT_COLLECTED = re.compile(rf"{NO}[^。；]{{0,20}}收取[^。；]{{0,20}}费")
_REDUCED = re.compile(r"收费(?:及|和|、)?减免情况[：，]?(?:无|没有|为零)")
_NO_CHARGE = re.compile(rf"{NO}(?:任何|产生|发生|相关|涉及){{0,2}}收费")
_BARE_DENIAL = re.compile(
    r"(?:20\d\d年度?|本年度?|本机关|[我本全][^，。；]{1,4}|，|：|\d[.、])*"
    r"(?:无|没有|未发生|未收取|不涉及|0元|零)(?:此[类项]?|该[类项]?)?(?:情况|费用)?[。；]?"
)
_BOOKMARK = re.compile(r"^\s*\[bookmark:[^\]]*\]\s*")


@dataclass(frozen=True, slots=True)
class _Statement:
    figures: Figures
    quote: str
    part: int
    at: Place


def find_fees(passages: Sequence[Passage]) -> Fees:
    """The statement on fees; where several are made, the fullest in part 6 gives the figures.

    What is a statement: domain reference 3.12.5. Part 0 in `parts` is the preface.
    """
    said = list(_all_statements(passages))
    if not said:
        return Fees(stated=False)
    best = max(said, key=lambda one: (one.part == 6, one.figures.known))
    figures = best.figures
    for other in said:
        if other.part == best.part:
            figures = figures.completed_by(other.figures)
    return Fees(
        stated=True,
        notice_count=figures.notices,
        notice_amount_yuan=figures.billed,
        collected_amount_yuan=figures.collected,
        quote=best.quote,
        parts=tuple(sorted({one.part for one in said})),
        at=best.at,
    )


def _all_statements(passages: Sequence[Passage]) -> Iterable[_Statement]:
    names_fees = [_MAY_SAY.search(passage.text) is not None for passage in passages]
    # The passage after one on fees may hold the bare answer to it.
    near = [
        passage
        for index, passage in enumerate(passages)
        if names_fees[index] or (index and names_fees[index - 1])
    ]
    alphabet = Alphabet(passage.text for passage in near)
    announced = False  # the sentence before names the fee and leaves the answer to the next
    for passage in near:
        prose = Prose(passage, alphabet)
        for found in _SENTENCE.finditer(prose.text):
            text = found.group().replace("□", "")
            part = passage.part or 0
            bare = announced and _BARE_DENIAL.fullmatch(text)
            if bare or _is_statement(text, part):
                figures = Figures(collected=0) if bare else read_figures(text)
                yield _Statement(
                    figures,
                    _BOOKMARK.sub("", prose.quote(found.start(), found.end())).strip(),
                    part,
                    prose.place(found.start()),
                )
                announced = False
            else:
                announced = _SUBJECT.search(text) is not None


def _is_statement(text: str, part: int) -> bool:
    if _REDUCED.search(text):
        return True
    if _OTHER_FEES.search(text) and not _OWN_FEES.search(text):
        return False
    if _NOT_COLLECTED.search(text) or (part == 6 and _NO_CHARGE.search(text)):
        return True
    named = _SUBJECT.search(text)
    return bool(named and (_FIGURE.search(text) or _DENIED.search(text)))
