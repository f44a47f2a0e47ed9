"""Dates as Chinese documents print them, as ISO dates."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_HAN = str.maketrans("〇零○ＯO一二三四五六七八九", "00000123456789")
_YEAR = r"(?:(?:19|20)[0-9]{2}|[一二][〇零○O一二三四五六七八九]{3})"
YEAR = re.compile(rf"(?P<year>{_YEAR})(?=年|政府信息|信息公开|年度)")
FULL = re.compile(
    rf"(?P<year>{_YEAR})\s*[年./-]\s*(?P<month>[0-9]{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*[月./-]\s*"
    r"(?P<day>[0-9]{1,2}|[一二三四五六七八九十]{1,3})\s*日?"
)


def year_of(text: str) -> int | None:
    """A year such as `2021`, `２０２１` or `二〇二一`."""
    digits = unicodedata.normalize("NFKC", text).translate(_HAN)
    return int(digits) if digits.isdecimal() and len(digits) == 4 else None


def iso(match: re.Match[str] | None) -> str | None:
    """The ISO date of a match of FULL, None for a day the calendar does not have."""
    if match is None:
        return None
    year = year_of(match["year"])
    try:
        return date(year or 0, _small(match["month"]), _small(match["day"])).isoformat()
    except ValueError:
        return None


def _small(text: str) -> int:
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    units = int((ones or "0").translate(_HAN)) if ones else 0
    return units if not ten else 10 * (int(tens.translate(_HAN)) if tens else 1) + units
