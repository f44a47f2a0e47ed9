"""Rendering in the reader's language: Chinese first, English behind a switch."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse

from duban import __version__
from duban.domain.basis import in_words
from duban.domain.obligation import Obligation
from duban.domain.view import STATES as STATE_KEYS
from duban.web.selection import days_late
from duban.web.vocabulary import (
    EVENTS,
    GRAVITIES,
    KINDS,
    LEVELS,
    LOOKS,
    SEVERITIES,
    STATES,
    UNITS,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
LANGUAGES = ("zh", "en")


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
        as_of: date | None = getattr(request.state, "as_of", None)
        today = request.app.state.site.clock.now().astimezone(SHANGHAI).date()

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
            to=lambda path, **query: _to(as_of, path, query),
            day=lambda iso: in_days(iso, lang),
            posted=lambda duty: posted(duty, lang),
            gravity=lambda key: label(GRAVITIES, key),
            level=lambda key: label(LEVELS, key),
            look_word=lambda key: label(LOOKS, key),
            unit=lambda key: label(UNITS, key),
            event_word=lambda key: label(EVENTS, key),
            states=STATE_KEYS,
            days_late=days_late,
            as_of=as_of,
            today=today,
            left=lambda iso: (date.fromisoformat(iso) - (as_of or today)).days,
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


def in_days(iso: str | None, lang: str = "zh") -> str:
    """An ISO day as people write it, `2026年2月3日`; a dash for none."""
    if not iso:
        return "—"
    day = date.fromisoformat(iso)
    return f"{day.year}年{day.month}月{day.day}日" if lang == "zh" else f"{day:%d %b %Y}"


def posted(duty: Obligation, lang: str = "zh") -> str:
    """When a report was posted: the printed day, or the days between which it must have been."""
    told = duty.posted
    if told is None:
        return "—"
    index = LANGUAGES.index(lang)
    latest = in_days(told.latest, lang)
    if told.by == "printed":
        return latest
    if told.earliest is None:
        return (f"{latest}以前", f"by {latest}")[index]
    if told.earliest == told.latest:
        return latest
    earliest = in_days(told.earliest, lang)
    if lang == "zh" and told.earliest[:4] == told.latest[:4]:
        latest = latest.partition("年")[2]
    return (f"{earliest}至{latest}之间", f"between {earliest} and {latest}")[index]


def _to(as_of: date | None, path: str, query: Mapping[str, object]) -> Markup:
    """An address of a page that honours the day asked for; the day goes with it."""
    values = {key: value for key, value in query.items() if value not in (None, "", False)}
    if as_of is not None:
        values["as_of"] = as_of.isoformat()
    return escape(f"{path}?{urlencode(values)}" if values else path)


def _link(request: Request, changes: Mapping[str, object]) -> Markup:
    """This page's address with some query values changed; None removes one."""
    url = request.url.include_query_params(**{k: v for k, v in changes.items() if v is not None})
    url = url.remove_query_params([k for k, v in changes.items() if v is None])
    query = f"?{url.query}" if url.query else ""
    return escape(url.path + query)
