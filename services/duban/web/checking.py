"""自查: a draft is read and judged, shown, and forgotten."""

from __future__ import annotations

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from duban.domain.finding import Finding, Judgement
from duban.domain.report import Reading
from duban.web.forms import Form
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
    """Check the one file of a form; raises HTTPException for none, several, or one too large."""
    if not form.files:
        raise HTTPException(422, "没有选择文件：请选择一份年报。")
    if len(form.files) > 1:
        raise HTTPException(422, "自查一次只看一份：请只选一个文件。")
    file = form.files[0]
    why = refused(file, site.most_bytes)
    if why is not None:
        raise HTTPException(422, why.replace("，没有收下", ""))
    reading, judgement = await run_in_threadpool(site.desk.check, await file.data())
    return Checked(
        name=file.name,
        bytes=file.size,
        reading=reading,
        judgement=judgement,
        rulebook=site.rulebook_version,
    )
