"""Which Kafka a folder of the edge handed its history on to, and handing it on again to another.

A cursor says what was handed on; of a Kafka that was made anew it says so of events that nobody
there has seen.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec

from duban.adapters.embedded.purpose import UNIT, is_of_an_edge, parts_of
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.admin import filled
from duban.adapters.kafka.failure import where
from duban.adapters.kafka.forwarder import NAME as FORWARDER
from duban.adapters.kafka.forwarder import TOPICS
from duban.adapters.kafka.origin import Origins, OtherTopicsError, origins
from duban.adapters.kafka.topics import stream
from duban.config import KafkaSettings
from duban.distributed import alerts_unit, in_force, readings_there
from duban.distributed.handing_again import AGAIN, Again
from duban.distributed.patient import PatientWatch
from duban.distributed.places import Places
from duban.domain.event import EVERYONE
from duban.errors import UsageError
from duban.ports import Cursor, StateRecord, Step

_PART = "kafka"
_TOLD = 3  # topics, of all that hold something
_FOLLOWING = (alerts_unit.NAME, in_force.NAME, readings_there.NAME)  # have places on Kafka


def refuse_topics_made_anew(store: EmbeddedStore, settings: KafkaSettings) -> None:
    """Mark a folder that has no mark; UsageError where it was handed on to other topics."""
    known, now = _marked(store), _now(settings)
    if known is None:
        _mark(store, now)
    elif known != now:
        raise _refused(store.folder, settings, known, now)


def watched(store: EmbeddedStore, settings: KafkaSettings) -> PatientWatch:
    """What tells a running edge the same of a folder that has its mark; the caller closes it."""
    known = _marked(store)
    assert known is not None
    return PatientWatch(settings, known, partial(_refused, store.folder, settings, known))


def hand_on_again(store: EmbeddedStore, settings: KafkaSettings, *, accept: bool = False) -> int:
    """Have everything that was recorded handed on from the start; returns how many events it is.

    What follows Kafka here begins anew too. UsageError where Kafka has it already, or holds
    anything, unless that is to be accepted: workers tell repetitions of late only, and what they
    took once they do not take again in its place. It may be asked for again after it was broken
    off.
    """
    if not is_of_an_edge(store):
        raise UsageError(
            f"数据目录 {store.folder} 不属于分布式运行的采集、页面或提醒："
            "请用 --data 给出它们的目录。",
            f"The data folder {store.folder} is not that of a crawler, pages or a notifier of the "
            "distributed profile: please name theirs (--data).",
        )
    now = _now(settings)
    if _marked(store) == now:
        raise UsageError(
            f"数据目录 {store.folder} 的记录就是交给这个 Kafka（{where(settings)}）的，"
            "无须再交：直接启动即可。",
            f"What is recorded in {store.folder} is handed on to this very Kafka "
            f"({where(settings)}): nothing is to be done, just start.",
        )
    if not accept:
        _refuse_what_is_filled(settings)
    until = store.end()
    parts = parts_of(store)
    again = Again(until=until, whole=not parts or "crawler" in parts)
    for unit in _FOLLOWING:
        before = store.states.cursor(unit)
        if before.position:
            _put(store, unit, Cursor(before.position + 1), Places().record(before.position + 1))
    _put(store, FORWARDER, Cursor(), {(EVERYONE, AGAIN): _record(0, again)})
    _mark(store, now)  # last: until then the folder is refused, and this can be asked for again
    return until


def _refuse_what_is_filled(settings: KafkaSettings) -> None:
    """What was written before all was told to end stands before what it came after."""
    found = filled(settings)
    if not found:
        return
    names = "、".join(found[:_TOLD]) + ("…" if len(found) > _TOLD else "")
    raise UsageError(
        f"Kafka（{where(settings)}）的主题里已有内容（{names}），从头再交会乱了先后："
        f"请停下所有进程，删除 {settings.prefix} 开头的主题，运行 duban topics apply，"
        "再运行本命令；如果那都是别的目录这次从头再交之后才有的，请加 --accept。",
        f"The topics on Kafka at {where(settings)} hold something already ({names}), which would "
        f"come before all that is handed on again: please end all processes, remove the topics "
        f"{settings.prefix}*, run duban topics apply and this command again; or add --accept where "
        "all of it came after another folder was handed on again.",
    )


def _refused(
    folder: Path, settings: KafkaSettings, known: Origins, now: Origins
) -> OtherTopicsError:
    mend = (
        f"duban topics resend --kafka {shlex.quote(','.join(settings.addresses))} "
        f"--data {shlex.quote(str(folder))}"
    )
    return OtherTopicsError(
        f"数据目录 {folder} 的记录此前交给了另一个 Kafka，或主题已重新建立"
        f"（{where(settings)}，主题 {known.others(now)}）：请运行 {mend}，从头再交一遍。",
        f"What is recorded in {folder} was handed on to another Kafka, or the topics "
        f"were made anew ({where(settings)}, {known.others(now)}): please run {mend}, "
        "which hands everything on again.",
    )


def _now(settings: KafkaSettings) -> Origins:
    return origins(settings, [stream(settings, topic) for topic in TOPICS])


def _marked(store: EmbeddedStore) -> Origins | None:
    known = store.states.record(UNIT, EVERYONE, _PART)
    return msgspec.json.decode(known.data, type=Origins) if known else None


def _mark(store: EmbeddedStore, now: Origins) -> None:
    position = store.states.cursor(UNIT).position + 1
    _put(store, UNIT, Cursor(position), {(EVERYONE, _PART): _record(position, now)})


def _put(
    store: EmbeddedStore, unit: str, after: Cursor, records: Mapping[tuple[str, str], StateRecord]
) -> None:
    before = store.states.cursor(unit)
    store.states.commit(Step(unit=unit, before=before, after=after, records=records))


def _record(position: int, value: msgspec.Struct) -> StateRecord:
    return StateRecord(position, msgspec.json.encode(value))
