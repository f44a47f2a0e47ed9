"""Number formats of automatic numbering (ST_NumberFormat)."""

from __future__ import annotations

from duban.reading.formats.numeral import chinese, chinese_digits, letters, roman

_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_LEGAL = str.maketrans("一二三四五六七八九十百千〇", "壹贰叁肆伍陆柒捌玖拾佰仟零")
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_IN_BRACKETS = "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇"
_WITH_DOT = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"
_CHINESE_CIRCLED = "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉"

_CHINESE = frozenset({
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "koreanCounting", "koreanDigital2",
})  # fmt: skip
_DIGITS = frozenset({"ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"})
_LEGAL_FORMATS = frozenset({"chineseLegalSimplified", "ideographLegalTraditional", "japaneseLegal"})
_TABLES = {
    "ideographTraditional": _STEMS,
    "ideographZodiac": _BRANCHES,
    "decimalEnclosedCircle": _CIRCLED,
    "decimalEnclosedCircleChinese": _CIRCLED,
    "decimalEnclosedParen": _IN_BRACKETS,
    "decimalEnclosedFullstop": _WITH_DOT,
    "ideographEnclosedCircle": _CHINESE_CIRCLED,
}
_NOT_DRAWN = frozenset({"none", "bullet"})


def drawn_number(number: int, form: str) -> str:
    """A number as the format draws it; a format not known here counts in decimals, as in Word."""
    if form in _NOT_DRAWN:
        return ""
    if form in _CHINESE:
        return chinese(number)
    if form in _DIGITS:
        return chinese_digits(number)
    if form in _LEGAL_FORMATS:
        return chinese(number).translate(_LEGAL)
    if form in _TABLES:
        table = _TABLES[form]
        return table[number - 1] if 1 <= number <= len(table) else str(number)
    return _western(number, form)


def _western(number: int, form: str) -> str:
    if form == "lowerLetter":
        return letters(number).lower()
    if form == "upperLetter":
        return letters(number)
    if form == "lowerRoman":
        return roman(number).lower()
    if form == "upperRoman":
        return roman(number)
    if form == "decimalZero":
        return f"{number:02d}"
    if form in {"decimalFullWidth", "decimalFullWidth2"}:
        return str(number).translate(_FULL_WIDTH)
    return str(number)
