"""Rendering in the reader's language: Chinese first, English behind a switch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from duban import __version__
from duban.domain.basis import in_words

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")
KINDS: Mapping[str, tuple[str, str]] = {
    "central_dept": ("中央部门", "Central department"),
    "dept_prov": ("省级部门", "Provincial department"),
    "dept_pref": ("市级部门", "City department"),
    "dept_county": ("县级部门", "County department"),
    "gov_office": ("政府办公厅（室）", "Government office"),
    "prov_gov": ("省级政府", "Provincial government"),
    "pref_gov": ("市级政府", "City government"),
    "county_gov": ("县级政府", "County government"),
    "town_gov": ("乡镇政府", "Town government"),
    "subdistrict": ("街道办事处", "Subdistrict office"),
    "dev_zone": ("开发区管委会", "Development zone"),
    "vertical": ("垂直管理单位", "Vertically led body"),
    "authorized_org": ("授权组织", "Authorised organisation"),
}
SEVERITIES: Mapping[str, tuple[str, str]] = {
    "error": ("错误", "Error"),
    "warning": ("疑似", "Warning"),
    "info": ("提示", "Note"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "compliant": ("未见错误", "No error"),
    "failing": ("有问题", "Failing"),
    "unreadable": ("无法读取", "Unreadable"),
    "blocked": ("未能核实", "Not verified"),
    "absent": ("未检索到", "Not found"),
    "waived": ("免报", "Waived"),
    "not_yet_due": ("未到期", "Not yet due"),
}


def language(request: Request) -> str:
    """`zh` or `en`: what the address asks for, then the cookie, then Chinese."""
    asked = request.query_params.get("lang") or request.cookies.get("lang")
    return asked if asked in LANGUAGES else "zh"


class Words:
    """Templates with the two languages side by side: `{{ _("总览", "Overview") }}`."""

    def __init__(self, templates: Path) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

    def page(
        self, request: Request, template: str, values: Mapping[str, Any], status: int = 200
    ) -> HTMLResponse:
        """A whole page; a `lang` in the address is remembered for the next pages."""
        lang = language(request)
        index = LANGUAGES.index(lang)

        def word(chinese: str, english: str) -> str:
            return (chinese, english)[index]

        def label(table: Mapping[str, tuple[str, str]], key: str) -> str:
            return table[key][index] if key in table else key

        html = self._environment.get_template(template).render(
            _=word,
            lang=lang,
            kind=lambda key: label(KINDS, key),
            severity=lambda key: label(SEVERITIES, key),
            state=lambda key: label(STATES, key),
            basis=lambda codes: (word("；", "; ")).join(in_words(code, lang) for code in codes),
            is_web=_is_web,
            when=_when,
            link=lambda **changes: _link(request, changes),
            path=request.url.path,
            version=__version__,
            **values,
        )
        response = HTMLResponse(html, status)
        response.headers["Cache-Control"] = "no-store"
        if request.query_params.get("lang") in LANGUAGES:
            response.set_cookie("lang", lang, max_age=31_536_000, samesite="strict", httponly=True)
        return response


def _is_web(url: str | None) -> bool:
    """Only such addresses may become links; a hostile page could post any text as one."""
    return url is not None and url.startswith(("http://", "https://"))


def _when(moment: datetime | None, *, seconds: bool = False) -> str:
    if moment is None:
        return "—"
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%m-%d %H:%M")


def _link(request: Request, changes: Mapping[str, object]) -> Markup:
    """This page's address with some query values changed; None removes one."""
    url = request.url.include_query_params(**{k: v for k, v in changes.items() if v is not None})
    url = url.remove_query_params([k for k, v in changes.items() if v is None])
    query = f"?{url.query}" if url.query else ""
    return Markup("{}").format(url.path + query)
