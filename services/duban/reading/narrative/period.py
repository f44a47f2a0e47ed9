"""Which period a number in a sentence speaks of."""

from __future__ import annotations

import re

# A year before one of these names a document, not the period of the figures.
_DOCUMENT = (
    r"度?(?:部门|财政|政府|单位|市级|镇级|区级|县级)?"
    r"(?:预算|决算|预决算|年度报告|年报|工作要点|要点|计划|国民经济)"
)
# 上年结转 says where cases come from, not when the others were counted.
_CARRIED = r"(?![^，。；：（）\d]{0,6}(?:结转|转结|转入|转至|转到|转来|顺延))"
_TIME = re.compile(
    r"(?P<versus>较|比|与|同|和|跟)?(?:于)?"
    rf"(?:(?P<year>20\d\d)年度?(?!{_DOCUMENT}){_CARRIED}"
    rf"|(?P<last>去年|上一?年度?|前年|往年|历年|近[一二两三四五六七八九十几\d]年){_CARRIED}"
    r"|(?P<now>今年|本年度?|本报告期|当年)|(?P<whole>全年|年内|一年来)"
    r"|(?P<part>上半年|下半年|[一二三四1-4]季度)"
    r"|(?P<end>(?:截[至止]|[至到~-])(?:20\d\d年)?12月|12月(?:底|末|31日))|(?P<month>\d{1,2})月)"
)
_YEARS = re.compile(r"20\d\d(?=年|-|~|至)")
_SINCE = re.compile(r"(?<!今年)(?<!年度)(?<!年初)(?<!本年)以来")
_SINCE_STILL = re.compile(
    r"(?<!20\d\d年)(?<!今年)(?<!年度)(?<!年初)(?<!本年)以来"
    r"(?!.*(?:20\d\d年|今年|本年|本报告期|当年|全年|年内|一年来))"
)
_COMPARED = re.compile(
    r"同比|环比|较(?!好|大|为|多|高|快)|相比|(?<![对占])比(?!例|重|如|较)"
    r"|增加|减少|增长|下降|上升|回落|多于|少于"
)


def is_reported_year(text: str, at: int, clause_start: int, year: int | None) -> bool:
    """Whether the time words before `at` leave the whole report year as the period meant.

    The last word that names a year decides; a month other than December, a quarter or half a
    year narrows it until 全年. Comparisons (较去年…) spoil the numbers of their own clause only.
    """
    clause = text[clause_start:at]
    if _COMPARED.search(clause) or _SINCE.search(clause) or _SINCE_STILL.search(text, 0, at):
        return False
    if len(set(_YEARS.findall(clause))) > 1:
        return False
    own = whole = True
    for found in _TIME.finditer(text, 0, at):
        match found.lastgroup:
            case _ if found["versus"]:
                continue
            case "year":
                own, whole = year is None or int(found["year"]) == year, True
            case "last":
                own = False
            case "now":
                own = whole = True
            case "whole":
                whole = True
            case "part":
                whole = False
            case "end":
                whole = True
            case "month":
                whole = False
    return own and whole
