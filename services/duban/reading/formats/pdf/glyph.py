"""One code point of a PDF's text → the plain character it shows."""

from __future__ import annotations

import unicodedata

UNKNOWN = "\ufffd"

# Radicals of the supplement that fonts without a proper map give instead of the character; for
# U+2E80-2EFF NFKC knows two of them only. After EquivalentUnifiedIdeograph of Unicode.
_RADICALS = dict(
    zip(
        "⺁⺄⺅⺆⺉⺋⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺝⺟⺠⺡⺢⺣⺤⺥⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺶⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳",
        "厂乙亻冂刂㔾尢尣尢巳幺彑彐忄㣺扌攵旡月母民氵氺灬爫爫犭王疋罒示礻竹糹纟罓罒羊羊耂肀聿肉臼艹艹艹虎衤覀西见角讠贝足车辶辶辶阝钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟",
        strict=True,
    )
)
_HYPHENS = frozenset((0x02, 0xAD, 0xFFFE))  # how PDFium tells a hyphen at a line's end


def plain(code: int) -> str:
    """The character to read for a code point: "" for none, UNKNOWN where none can be known."""
    if 0x20 < code < 0x7F or 0x3000 < code < 0xD800:
        return chr(code)
    if code in _HYPHENS:
        return "-"
    if code in (0x09, 0x0A, 0x0D, 0x20, 0xA0, 0x3000) or 0x2000 <= code <= 0x200A:
        return " "
    if code == 0 or 0xD800 <= code <= 0xDFFF or code > 0x10FFFF:
        return UNKNOWN
    character = chr(code)
    category = unicodedata.category(character)
    if category in {"Cf", "Mn", "Zl", "Zp"}:
        return ""
    if category in {"Cc", "Co", "Cn"}:
        return UNKNOWN
    if 0x2E80 <= code <= 0x2EFF:
        return _RADICALS.get(character, character)
    if 0x2F00 <= code <= 0x2FDF or 0xF900 <= code <= 0xFAFF or 0xFB00 <= code <= 0xFB06:
        return unicodedata.normalize("NFKC", character)
    return character
