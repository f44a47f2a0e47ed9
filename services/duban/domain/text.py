"""Normal form of Chinese text for matching; quotes always keep the raw text."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_QUOTES = dict.fromkeys(map(ord, "“”\"'‘’「」『』"), None)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)

# Only the characters of the form's labels and of the matchers' words: a general converter would
# also touch names of agencies, where the traditional character may be the right one.
_TRADITIONAL = "總體況開關報處終結產訴訟復議維糾審書據應數項類級屬質詢個發務費獎評價專門網機構營業會組織團請辦區縣鄉鎮廳國寫進題問隨規長實見義確認積極貫徹條屆動爭護繳納額無記點統計與過為從將對設後轉續單財稅許強執現內訊顯監導運權獲補"  # noqa: E501 - one table
_SIMPLIFIED = "总体况开关报处终结产诉讼复议维纠审书据应数项类级属质询个发务费奖评价专门网机构营业会组织团请办区县乡镇厅国写进题问随规长实见义确认积极贯彻条届动争护缴纳额无记点统计与过为从将对设后转续单财税许强执现内讯显监导运权获补"  # noqa: E501 - one table
_TO_SIMPLIFIED = str.maketrans(_TRADITIONAL, _SIMPLIFIED)
_PUNCTUATION = str.maketrans({"﹑": "、", "､": "、", "〜": "~"})
_LABEL_LENGTH = 60
_ALL = {**_INVISIBLE, **_QUOTES, **_TO_SIMPLIFIED, **_PUNCTUATION}


def normal(text: str) -> str:
    """`N(text)` of the field reference 2.1: NFKC, no white space, no quotation marks, simplified.

    NFKC turns full-width digits, brackets and `，；：` into ASCII; `、` and `。` stay.
    """
    return _short(text) if len(text) <= _LABEL_LENGTH else _normal(text)


def _normal(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).translate(_ALL).split())


_short = lru_cache(maxsize=4096)(_normal)  # every report prints the same hundred labels
