"""Which pictures are large enough to hold text or a table."""

from __future__ import annotations

import re

from lxml import etree

_SMALLEST_SIDE = 120  # CSS pixels; a table of the form needs several hundred
_SMALLEST_EMBEDDED = 4_000  # characters of a data: address, about 3 kB
_ORNAMENT = re.compile(
    r"(?:^|[/_\-.])(?:icon|logo|emblem|btn|button|banner|arrow|line|bg|spacer|blank|print|share|"
    r"qrcode|ewm|beian|dzjg|zfzc|red|search|weixin|weibo|close)[^/]*$|fileTypeImages/icon",
    re.IGNORECASE,
)
_PIXELS = re.compile(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$")
_STYLE_SIDE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*(\d{1,5})(?:\.\d+)?px", re.IGNORECASE)


def matters(image: etree._Element) -> bool:
    """Whether an img may show part of a report: neither small nor named as an ornament."""
    source = image.get("src") or ""
    if source.startswith("data:"):
        return len(source) >= _SMALLEST_EMBEDDED
    sides = [int(m[1]) for m in map(_PIXELS.match, _given(image)) if m]
    sides += [int(side) for side in _STYLE_SIDE.findall(image.get("style") or "")]
    if sides:
        return min(sides) >= _SMALLEST_SIDE
    return bool(source) and not _ORNAMENT.search(source)


def _given(image: etree._Element) -> list[str]:
    return [image.get("width") or "", image.get("height") or ""]
