"""Uploaded files one by one: each has its own outcome, told in a sentence."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import Literal

import msgspec
from starlette.concurrency import run_in_threadpool

from duban.domain.agency import Agency
from duban.domain.event import ReportRead, ReportRejected
from duban.domain.text import normal
from duban.errors import StorageError
from duban.reading.sniff import sniff
from duban.web.forms import Form, SentFile
from duban.web.refusal import Refusal, Said
from duban.web.site import Site

logger = logging.getLogger(__name__)

OUTCOME_WAIT_S = 8.0
_YEARS = range(2008, 2101)  # the Regulations are in force since 2008
_NAMED = 5
_SHOWN = 20

Came = Literal["read", "rejected", "taken", "known", "refused"]


class Uploaded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of one file.

    `read`: it is the report of `agency_id` and `year`; `rejected`: kept, but it is set apart;
    `taken`: kept, and still being read; `known`: the same bytes were there already; `refused`:
    nothing was kept of it.
    """

    name: str
    came: Came
    message: str
    message_en: str = ""
    agency_id: str | None = None
    year: int | None = None


class Addressed(msgspec.Struct, frozen=True):
    """Whose reports are uploaded, as far as the form says."""

    agency: Agency | None
    year: int | None


def addressed(form: Form, site: Site) -> Addressed:
    """The agency and the year of the form; raises Refusal where they cannot be meant."""
    agency = _agency(form.fields.get("agency", ""), site)
    year = _year(form.fields.get("year", ""))
    if not form.files:
        raise Refusal(422, "没有选择文件：请至少选择一个文件。", "Please choose a file.")
    if agency is not None and year is not None and len(form.files) > 1:
        raise Refusal(
            422,
            "一个机关一年只有一份年报：写明了机关和年度时，一次只能上传一个文件，没有收下任何内容。"
            "要一次上传多份，请把年度或机关留空，由标题判断。",
            "An agency has one report a year: with both given, upload one file at a time. Nothing "
            "was kept. For several files, leave agency or year empty.",
        )
    return Addressed(agency, year)


def _agency(text: str, site: Site) -> Agency | None:
    """The agency of an id or a name; a part of a name serves where only one agency has it."""
    if not text:
        return None
    roster, words = site.roster(), normal(text)
    exact = [
        agency
        for agency in roster
        if text == agency.id or words in map(normal, (agency.name, *agency.short_names))
    ]
    found = exact or [agency for agency in roster if words in normal(agency.name)]
    if len(found) == 1:
        return found[0]
    if not found:
        told = shown(text)
        raise Refusal(
            422, f"名录中没有“{told}”：请写机关全称，或留空由标题判断。没有收下任何内容。",
            f"“{told}” is not in the roster: please give the full name, or leave it empty. "
            "Nothing was kept.",
        )  # fmt: skip
    names = "、".join(agency.name for agency in found[:_NAMED])
    more = "等" if len(found) > _NAMED else ""
    raise Refusal(
        422, f"“{shown(text)}”可能是{names}{more}：请写全称。没有收下任何内容。",
        f"“{shown(text)}” may be {names}: please give the full name. Nothing was kept.",
    )  # fmt: skip


def _year(text: str) -> int | None:
    if not text:
        return None
    if re.fullmatch("[0-9]{4}", text) and int(text) in _YEARS:
        return int(text)
    told = shown(text)
    raise Refusal(
        422, f"年度“{told}”不对：请写四位数字，如 2025，或留空由标题判断。没有收下任何内容。",
        f"“{told}” is no year: please write four digits, or leave it empty. Nothing was kept.",
    )  # fmt: skip


def shown(text: str) -> str:
    """What somebody wrote, short and without what cannot be seen."""
    cut = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return "".join(one if one.isprintable() else "?" for one in cut)


async def take_in(form: Form, to: Addressed, site: Site) -> list[Uploaded]:
    """Post every file of the form, then wait a while for what they turn out to be."""
    mark = await run_in_threadpool(site.desk.mark)
    posted: dict[str, int] = {}
    came: list[Uploaded] = []
    for file in form.files:
        one, event_id = await _post(file, to, site)
        if event_id is not None:
            posted[event_id] = len(came)
        came.append(one)
    outcomes = await run_in_threadpool(site.desk.outcomes, set(posted), mark, OUTCOME_WAIT_S)
    names = {agency.id: agency.name for agency in site.roster()}
    for event_id, body in outcomes.items():
        came[posted[event_id]] = _outcome(came[posted[event_id]].name, body, names)
    return came


async def _post(file: SentFile, to: Addressed, site: Site) -> tuple[Uploaded, str | None]:
    why = refused(file, site.most_bytes)
    data = b"" if why else await file.data()
    if why is None and await run_in_threadpool(sniff, data) == "unknown":
        why = _WRONG_TYPE
    if why is not None:
        return _one(file, "refused", why), None
    agency_id = to.agency.id if to.agency else None

    def post() -> tuple[str, bool]:
        event, is_new = site.desk.post(data, title=file.name, agency_id=agency_id, year=to.year)
        return event.id, is_new

    try:
        event_id, is_new = await run_in_threadpool(post)
    except StorageError as error:
        logger.error("%s", error, extra={"action": "upload_failed"})
        return _one(file, "refused", _NOT_STORED), None
    if not is_new:
        return _one(file, "known", _KNOWN, agency_id, to.year), None
    return _one(file, "taken", _TAKEN, agency_id, to.year), event_id


def _one(
    file: SentFile, came: Came, said: Said, agency: str | None = None, year: int | None = None
) -> Uploaded:
    return Uploaded(
        name=file.name, came=came, message=said.zh, message_en=said.en, agency_id=agency, year=year
    )


_WRONG_TYPE = Said(
    "不是能读的文件类型，没有收下：请上传网页、Word、WPS、PDF、RTF、ODT、文本或 zip 格式的年报。",
    "Not a type of file that is read; it was not kept: please upload html, Word, WPS, PDF, RTF, "
    "ODT, text or zip.",
)
_NOT_STORED = Said(
    "数据暂时无法写入，没有收下，原因已记入日志：请稍后再试；一直如此时请告知管理员。",
    "The data cannot be written now; it was not kept, and the log says why: please try later.",
)
_KNOWN = Said(
    "这份文件以前已经收下，内容完全相同，没有重复登记。",
    "This file was taken in before, with the very same content; it was not recorded twice.",
)
_TAKEN = Said(
    "已收下，正在读取；结果会出现在机关页面或“待处理文件”中。",
    "Taken in and being read; the outcome will show at the agency or among the files set apart.",
)


def refused(file: SentFile, most_bytes: int) -> Said | None:
    """Why a file is not even looked into; None where it is."""
    if file.size == 0:
        return Said(
            "文件是空的（0 字节），没有收下：请检查文件后重新选择。",
            "The file is empty (0 bytes) and was not kept: please check it and choose again.",
        )
    if file.size > most_bytes:
        size, most = file.size / 2**20, most_bytes // 2**20
        return Said(
            f"文件有 {size:.0f} MB，超过 {most} MB 的上限，没有收下：请压缩其中的图片后再试。",
            f"The file has {size:.0f} MB, more than {most} MB, and was not kept: please shrink its "
            "pictures.",
        )
    return None


def _outcome(name: str, body: ReportRead | ReportRejected, names: Mapping[str, str]) -> Uploaded:
    if isinstance(body, ReportRejected):
        why = body.reason
        said = Said(
            f"原件已存档，列入“待处理文件”：{why.message}",
            f"The file was kept, and listed among the files set apart: {why.message_en}",
        )
    else:
        agency = names.get(body.agency_id, body.agency_id)
        said = Said(
            f"已读出：{agency} {body.year}年度年报。", f"Read: the report of {agency}, {body.year}."
        )
    return Uploaded(
        name=name,
        came="rejected" if isinstance(body, ReportRejected) else "read",
        message=said.zh,
        message_en=said.en,
        agency_id=body.agency_id,
        year=body.year,
    )
