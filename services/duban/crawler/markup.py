"""What the crawler needs of a web page: its links with their dates, its meta values, its text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urljoin, urlsplit

import msgspec
from lxml import etree

from duban.reading.formats.encoding import decode

#: A list or detail page is far smaller; what comes behind is not looked at.
LOOKED_AT_BYTES = 4 * 1024 * 1024
_ROWS = frozenset({"li", "tr", "dd", "p"})
_LINKS_IN_A_ROW = 3
_UNSEEN = frozenset({"script", "style", "noscript", "template"})
_DATE_ALONE = re.compile(
    r"\s*[\[(（【]?\s*(?:(?:发布|公开|发文|生成|更新)?(?:日期|时间)[：:]\s*)?"
    r"20\d\d\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?(?:\s+[\d:]+)?\s*[\])）】]?\s*"
)
# What follows a slash, a dash or a letter is part of an index number.
_DATE = re.compile(r"(?<![\dA-Za-z/_-])(20\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link of a page: absolute address, the words on it, the date beside it (ISO)."""

    url: str
    text: str
    date: str | None = None


class Markup(msgspec.Struct, frozen=True, kw_only=True):
    """A page taken apart; names of meta values in lower case.

    `options` are choices whose value is an address, `scripted` the words on links that have
    none: only a script can open them.
    """

    url: str
    title: str
    meta: dict[str, str]
    links: tuple[Link, ...]
    embedded: tuple[str, ...]
    text: str
    script: str
    options: tuple[Link, ...] = ()
    scripted: tuple[str, ...] = ()


def take_apart(body: bytes, url: str) -> Markup:
    """The page as values; an unreadable page gives an empty one."""
    root = _root(decode(body[:LOOKED_AT_BYTES]))
    if root is None:
        return Markup(url=url, title="", meta={}, links=(), embedded=(), text="", script="")
    base = url
    for element in root.iter("base"):
        base = _joined(url, element.get("href", "")) or url
        break
    return Markup(
        url=url,
        title=next((_words(element) for element in root.iter("title")), ""),
        meta=dict(_meta(root)),
        links=tuple(_links(root, base)),
        embedded=tuple(_embedded(root, base)),
        text=" ".join(_texts(root)),
        script="\n".join(element.text or "" for element in root.iter("script")),
        options=tuple(_options(root, base)),
        scripted=tuple(_words(anchor) for anchor in root.iter("a") if _is_scripted(anchor)),
    )


def date_in(text: str) -> str | None:
    """The first date written in a text, as ISO."""
    found = _DATE.search(text)
    if found is None or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31):
        return None
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}"


def _root(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(no_network=True, huge_tree=False, encoding="utf-8")
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return None


def _joined(base: str, reference: str) -> str | None:
    """An absolute http(s) address without its fragment; None for everything else."""
    try:
        address = urljoin(base, reference.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return None
    return address.partition("#")[0].replace(" ", "%20")


def _meta(root: etree._Element) -> Iterator[tuple[str, str]]:
    for element in root.iter("meta"):
        name = element.get("name") or element.get("property")
        if name and element.get("content"):
            yield name.strip().lower(), element.get("content", "").strip()


def _links(root: etree._Element, base: str) -> Iterator[Link]:
    for anchor in root.iter("a"):
        reference = anchor.get("href", "").strip()
        if not reference or reference.startswith("#"):
            continue
        url = _joined(base, reference)
        if url is None:
            continue
        shown = _words(anchor)
        text = max((shown, anchor.get("title", "")), key=lambda words: len(words.strip()))
        yield Link(url=url, text=" ".join(text.split()), date=_date_beside(anchor))


def _options(root: etree._Element, base: str) -> Iterator[Link]:
    for option in root.iter("option"):
        value = option.get("value", "")
        url = _joined(base, value) if "/" in value or ".htm" in value else None
        if url is not None:
            yield Link(url=url, text=_words(option))


def _is_scripted(anchor: etree._Element) -> bool:
    reference = anchor.get("href", "").strip().lower()
    return reference.startswith("javascript:") or (
        reference in ("", "#") and anchor.get("onclick") is not None
    )


def _words(element: etree._Element) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _date_beside(anchor: etree._Element) -> str | None:
    """The date in the same line of the list, never one of a neighbouring line."""
    row: etree._Element | None = anchor
    while row is not None and row.tag not in _ROWS:
        row = row.getparent()
    if row is None or len(list(islice(row.iter("a"), _LINKS_IN_A_ROW + 1))) > _LINKS_IN_A_ROW:
        return date_in(anchor.tail or "")
    own = set(map(str, anchor.itertext()))
    texts = [text for text in map(str, row.itertext()) if text not in own]
    # Index numbers may hold what looks like a date: one that stands alone comes first.
    alone = next((text for text in texts if _DATE_ALONE.fullmatch(text)), None)
    return date_in(alone if alone is not None else " ".join(texts))


def _embedded(root: etree._Element, base: str) -> Iterator[str]:
    for tag, attribute in (("iframe", "src"), ("embed", "src"), ("object", "data")):
        for element in root.iter(tag):
            url = _joined(base, element.get(attribute, ""))
            if url is not None:
                yield url


def _texts(root: etree._Element) -> Iterator[str]:
    for element in root.iter():
        is_seen = isinstance(element.tag, str) and element.tag not in _UNSEEN
        for piece in (element.text if is_seen else None, element.tail):
            if piece and piece.strip():
                yield " ".join(piece.split())
