"""Having an event handled again that was set aside, and saying what came of it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Literal

import msgspec

from duban.domain.view import Aside, Scope
from duban.web.refusal import Refusal, Said
from duban.web.site import Site

ASIDE_SHOWN = 500
_WAIT_S = 5.0
_STEP_S = 0.5
_LONGEST = {"by": 40, "reason": 500}
_ASKED = {"by": ("经办人", "Who asks"), "reason": ("理由", "The reason")}

Result = Literal["handled", "failed", "waiting", "gone"]
RESULTS: dict[Result, Said] = {
    "handled": Said(
        "已重试成功：这个事件处理完毕，不再搁置。", "Handled: it is no longer set aside."
    ),
    "failed": Said(
        "已重试，但又没有处理成功，仍在搁置，原因见下；没有丢失任何内容。",
        "Retried, and it failed again; the cause is below, nothing is lost.",
    ),
    "waiting": Said(
        "重试已登记，正在排队处理；稍后刷新本页可看到结果。",
        "The retry is recorded and waits its turn; reload for the result.",
    ),
    "gone": Said(
        "这个事件已不在搁置之列（可能刚刚有人重试过），没有再做任何事。",
        "It is no longer set aside (perhaps somebody retried it just now); nothing was done.",
    ),
}


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """Which event is to be handled again by which unit for which key; who asks, and why."""

    event_id: str
    unit: str
    key: str
    by: str
    reason: str


class Retried(msgspec.Struct, frozen=True, kw_only=True):
    """What came of a retry, as one of the words of `RESULTS` and as a sentence."""

    result: Result
    message: str
    message_en: str


def retry(asked: Retry, site: Site) -> Retried:
    """Record the retry and wait, bounded, for what comes of it; a repetition does no harm.

    Raises Refusal where nobody is named, or no reason is given.
    """
    _complete(asked)
    before = _find(site.index.aside(Scope(), ASIDE_SHOWN), asked)
    position = site.index.position()
    if not site.desk.retry(asked.event_id, asked.unit, asked.key, by=asked.by, reason=asked.reason):
        return _told("gone")
    end = time.monotonic() + _WAIT_S
    while time.monotonic() < end:
        now = _find(site.index.aside(Scope(), ASIDE_SHOWN), asked)
        if now is None:
            return _told("handled")
        if before is not None and now != before:
            return _told("failed")
        position = site.wait(position, _STEP_S)
    return _told("waiting")


def _complete(asked: Retry) -> None:
    for field, (zh, en) in _ASKED.items():
        text = getattr(asked, field).strip()
        if not text:
            raise Refusal(
                422, f"没有写{zh}，什么也没有做：请写明后再重试。",
                f"{en} is missing, and nothing was done: please fill it in and retry.",
            )  # fmt: skip
        if len(text) > _LONGEST[field]:
            raise Refusal(
                422, f"{zh}超过 {_LONGEST[field]} 字，什么也没有做：请写短一些。",
                f"{en} has more than {_LONGEST[field]} characters, and nothing was done: please "
                "shorten it.",
            )  # fmt: skip


def _find(rows: Sequence[Aside], asked: Retry) -> Aside | None:
    wanted = (asked.event_id, asked.unit, asked.key)
    return next((one for one in rows if (one.event_id, one.unit, one.key) == wanted), None)


def _told(result: Result) -> Retried:
    return Retried(result=result, message=RESULTS[result].zh, message_en=RESULTS[result].en)
