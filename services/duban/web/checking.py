"""自查: a draft is read and judged, shown, and forgotten."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool

from duban.domain.finding import Finding, Judgement
from duban.domain.report import Reading
from duban.web.forms import Form
from duban.web.refusal import Refusal
from duban.web.site import Site
from duban.web.uploading import refused


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What was read in a file and what the rules say of it; nothing of it was kept.

    `judgement` is None where it could not be read as a report; `reading.reason` says why.
    """

    name: str
    bytes: int
    reading: Reading
    judgement: Judgement | None
    rulebook: str

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings, the gravest first."""
        if self.judgement is None:
            return ()
        rank = ("error", "warning", "info").index
        return tuple(sorted(self.judgement.findings, key=lambda one: rank(one.severity)))


async def check(form: Form, site: Site) -> Checked:
    """Check the one file of a form; raises Refusal for none, several, or one too large."""
    if not form.files:
        raise Refusal(422, "没有选择文件：请选择一份年报。", "Please choose a report.")
    if len(form.files) > 1:
        raise Refusal(422, "自查一次只看一份：请只选一个文件。", "One draft at a time, please.")
    file = form.files[0]
    why = refused(file, site.most_bytes)
    if why is not None:
        raise Refusal(
            422, why.zh.replace("，没有收下", ""), why.en.replace(" and was not kept", "")
        )
    reading, judgement = await run_in_threadpool(site.desk.check, await file.data())
    return Checked(
        name=file.name,
        bytes=file.size,
        reading=reading,
        judgement=judgement,
        rulebook=site.rulebook_version(),
    )
