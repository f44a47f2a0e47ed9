"""Numbers of single rows and columns of table 3 where the prose gives them."""

from __future__ import annotations

import re

from duban.reading.narrative.mention import Sentence
from duban.reading.narrative.numeral import CASE
from duban.reading.narrative.words import TAIL

_ROWS = {
    "refused.state_secret": r"国家秘密",
    "refused.prohibited_by_law": r"法律、?行政法规禁止公开",
    "refused.three_security_one_stability": r"三安全一稳定",
    "refused.third_party_rights": r"(?:保护)?第三方合法权益",
    "refused.internal_affairs": r"内部事务性?信息",
    "refused.process_information": r"过程性信息",
    "refused.enforcement_file": r"行政执法案卷(?:信息)?",
    "refused.administrative_inquiry": r"行政查询事项",
    "not_provided.not_held": r"不掌握(?:相关)?(?:政府)?信息",
    "not_provided.needs_creation": r"没有现成信息需要?另行制作",
    "not_provided.still_unclear": r"补正后(?:申请内容)?仍不明确",
    "not_processed.petition_complaint": r"信访、?举报、?投诉类?(?:申请)?",
    "not_processed.duplicate": r"重复申请",
    "not_processed.public_publication": r"要求提供公开出版物",
    "not_processed.excessive_repeated": r"无正当理由大量、?反复申请",
    "not_processed.confirm_or_reissue": r"确认或重新出具已获取信息",
    "other.overdue_correction": r"逾期不补正",
    "other.overdue_fee": r"逾期未按收费通知要求缴纳费用",
}
_COLUMNS = {
    "applications.new_received.natural_person": r"自然人",
    "applications.new_received.commercial_enterprise": r"商业企业",
    "applications.new_received.research_institution": r"科研机构",
    "applications.new_received.social_welfare_org": r"社会公益组织",
    "applications.new_received.legal_service_org": r"法律服务机构",
    "new_organisations": r"法人(?:或|和|及|或者)?其他组织",
}


def _sure(words: str) -> str:
    """The longest of the words that a pattern cannot do without."""
    return max(re.split(r"\(\?:[^()]*\)\?|.\?", words), key=len)


_ROW_WORDS = re.compile("|".join(_ROWS.values()))
_ROW = tuple(
    (
        f"applications.results.{row}.total",
        _sure(words),
        rf"{words}(?:类|的|情形){{0,2}}{TAIL}{CASE}",
    )
    for row, words in _ROWS.items()
)
_COLUMN_WORDS = re.compile("|".join(_COLUMNS.values()))
_COLUMN = tuple(
    (name, _sure(words), rf"{words}(?:提出|提交|申请人|申请|的){{0,3}}{TAIL}{CASE}")
    for name, words in _COLUMNS.items()
)
_RECEIVED = ("received", "new_strict")


def find_rows(sentence: Sentence) -> None:
    """Record rows of the results where the sentence states an outcome of table 3 before them."""
    if not sentence.mentions or not _ROW_WORDS.search(sentence.text):
        return
    for name, word, pattern in _ROW:
        if word not in sentence.text:
            continue
        for found in sentence.free_matches(pattern):
            sentence.add(name, found)


def find_columns(sentence: Sentence) -> None:
    """Record applicants by kind where they divide the number of applications just stated."""
    if not _COLUMN_WORDS.search(sentence.text):
        return
    for name, word, pattern in _COLUMN:
        if word not in sentence.text:
            continue
        for found in sentence.free_matches(pattern):
            before = [mention for mention in sentence.mentions if mention.end <= found.start()]
            last = max(before, key=lambda mention: mention.end, default=None)
            if last and (last.name in _RECEIVED or last.name in _COLUMNS):
                sentence.add(name, found)
