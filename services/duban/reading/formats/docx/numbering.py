"""Automatic numbers of paragraphs, counted as Word counts them."""

from __future__ import annotations

import re
from typing import NamedTuple, TypeAlias

from lxml import etree

from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.counting import drawn_number
from duban.reading.formats.docx.first_child import first_child
from duban.reading.formats.docx.style import NumberRef, Styles, number_ref, whole

_LEVELS = 9
_PLACEHOLDER = re.compile(r"%([1-9])")
_OFF = frozenset({"0", "false", "off"})

# lxml has no public name for an element.
Numbers: TypeAlias = "dict[etree._Element, str]"  # noqa: SLF001


class _Level(NamedTuple):
    start: int
    form: str
    text: str
    restart: int | None
    legal: bool
    style: str | None


class _Instance(NamedTuple):
    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int]


def numbers_of(root: etree._Element, part: etree._Element | None, styles: Styles) -> Numbers:
    """Every paragraph that prints an automatic number → that number with its signs ("一、").

    Bullets are no numbers. Instances of one abstract list count on together, until one with
    a start of its own appears.
    """
    if part is None:
        return {}
    instances = _instances(part, styles)
    if not instances:
        return {}
    counting = _Counting(instances)
    numbers: Numbers = {}
    for properties in root.iter(w.P_PR):  # many paragraphs have none
        paragraph = properties.getparent()
        if paragraph is None or paragraph.tag != w.P:
            continue
        if first_child(paragraph, w.P_PR) is not properties:
            continue
        style = first_child(properties, w.P_STYLE)
        style_key = style.get(w.VAL) if style is not None else None
        ref = _reference(number_ref(properties), styles.number(style_key))
        if ref is None or ref.number not in instances:
            continue
        level = ref.level
        if level is None:
            level = _level_of_style(instances[ref.number], style_key)
        text = counting.next(ref.number, min(level, _LEVELS - 1))
        if text:
            numbers[paragraph] = text
    return numbers


def _reference(own: NumberRef | None, inherited: NumberRef | None) -> NumberRef | None:
    if own is None:
        return inherited
    if own.number:
        return own
    return NumberRef(inherited.number, own.level) if inherited else None


def _level_of_style(instance: _Instance, style: str | None) -> int:
    if style is None:
        return 0
    return next((n for n, level in instance.levels.items() if level.style == style), 0)


class _Counting:
    """Counters per abstract list, and which instances have begun."""

    def __init__(self, instances: dict[str, _Instance]) -> None:
        self._instances = instances
        self._counters: dict[str, list[int | None]] = {}
        self._begun: set[str] = set()

    def next(self, number: str, index: int) -> str:
        instance = self._instances[number]
        counters = self._counters.setdefault(instance.abstract, [None] * _LEVELS)
        if number not in self._begun:
            self._begun.add(number)
            for level in instance.starts:
                counters[level] = None
        current = counters[index]
        counters[index] = self._start(instance, index) if current is None else current + 1
        for deeper in range(index + 1, _LEVELS):
            if _restarts(instance.levels.get(deeper), index):
                counters[deeper] = None
        return self._drawn(instance, index, counters)

    def _drawn(self, instance: _Instance, index: int, counters: list[int | None]) -> str:
        level = instance.levels.get(index)
        if level is None or level.form == "bullet":
            return ""

        def value(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            count = counters[place]
            other = instance.levels.get(place)
            form = "decimal" if level.legal or other is None else other.form
            return drawn_number(self._start(instance, place) if count is None else count, form)

        return _PLACEHOLDER.sub(value, level.text).strip()

    @staticmethod
    def _start(instance: _Instance, index: int) -> int:
        if index in instance.starts:
            return instance.starts[index]
        level = instance.levels.get(index)
        return level.start if level else 1


def _restarts(level: _Level | None, after: int) -> bool:
    """Whether a level starts again after a number of the level `after`, which is above it."""
    if level is None or level.restart is None:
        return True
    return after < level.restart


def _instances(part: etree._Element, styles: Styles) -> dict[str, _Instance]:
    abstracts: dict[str, etree._Element] = {}
    for abstract in part.iter(w.ABSTRACT):
        abstracts[abstract.get(w.ABSTRACT_ID) or ""] = abstract
    wanted: dict[str, etree._Element] = {}
    for num in part.iter(w.NUM):
        key = num.get(w.NUM_ID)
        if key and key != "0":
            wanted[key] = num
    found: dict[str, _Instance] = {}
    for key, num in wanted.items():
        target = _abstract_of(num, abstracts, wanted, styles)
        if target is not None:
            found[key] = _instance(num, *target)
    return found


def _abstract_of(
    num: etree._Element,
    abstracts: dict[str, etree._Element],
    nums: dict[str, etree._Element],
    styles: Styles,
) -> tuple[str, etree._Element] | None:
    """The abstract list of an instance, through at most one link to a numbering style."""
    key = _abstract_key(num)
    if key not in abstracts:
        return None
    link = first_child(abstracts[key], w.NUM_STYLE_LINK)
    linked = styles.number(link.get(w.VAL)) if link is not None else None
    if linked is not None and linked.number in nums:
        target = _abstract_key(nums[linked.number])
        key = target if target in abstracts else key
    return key, abstracts[key]


def _abstract_key(num: etree._Element) -> str:
    reference = first_child(num, w.ABSTRACT_ID)
    return (reference.get(w.VAL) if reference is not None else None) or ""


def _instance(num: etree._Element, key: str, abstract: etree._Element) -> _Instance:
    levels = dict(map(_level, abstract.findall(w.LEVEL)))
    starts: dict[int, int] = {}
    for override in num.findall(w.LEVEL_OVERRIDE):
        index = whole(override.get(w.LEVEL_INDEX))
        if index is None or index >= _LEVELS:
            continue
        replacement = first_child(override, w.LEVEL)
        if replacement is not None:
            levels[index] = _level(replacement)[1]
        start = _whole_child(override, w.START_OVERRIDE)
        if start is not None:
            starts[index] = start
    return _Instance(key, levels, starts)


def _level(level: etree._Element) -> tuple[int, _Level]:
    text = first_child(level, w.LEVEL_TEXT)
    form = first_child(level, w.NUM_FORMAT)
    legal = first_child(level, w.IS_LEGAL)
    style = first_child(level, w.P_STYLE)
    start = _whole_child(level, w.START)
    return whole(level.get(w.LEVEL_INDEX)) or 0, _Level(
        start=1 if start is None else start,
        form=(form.get(w.VAL) if form is not None else None) or "decimal",
        text=(text.get(w.VAL) if text is not None else None) or "",
        restart=_whole_child(level, w.LEVEL_RESTART),
        legal=legal is not None and (legal.get(w.VAL) or "1") not in _OFF,
        style=style.get(w.VAL) if style is not None else None,
    )


def _whole_child(parent: etree._Element, tag: str) -> int | None:
    found = first_child(parent, tag)
    return whole(found.get(w.VAL)) if found is not None else None
