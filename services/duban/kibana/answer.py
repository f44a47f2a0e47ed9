"""What Kibana answers, as its documentation describes it, and errors told in our words."""

from __future__ import annotations

import httpx
import msgspec

from duban.errors import DubanError, UsageError
from duban.kibana.condition import Json

_LONGEST = 300


class Version(msgspec.Struct, frozen=True):
    """The version of a Kibana."""

    number: str


class Status(msgspec.Struct, frozen=True):
    """What `/api/status` tells, as far as it is of use here."""

    version: Version


class Missing(msgspec.Struct, frozen=True):
    """An object that another one refers to."""

    type: str
    id: str


class Cause(msgspec.Struct, frozen=True, rename={"status_code": "statusCode"}):
    """Why an object was refused; `type` is one of a few words, the rest depends on it."""

    type: str = "unknown"
    message: str = ""
    status_code: int | None = None
    references: tuple[Missing, ...] = ()


class Fault(msgspec.Struct, frozen=True):
    """An object that was not imported."""

    id: str
    type: str
    error: Cause


class Imported(msgspec.Struct, frozen=True, rename={"success_count": "successCount"}):
    """What became of an import."""

    success: bool
    success_count: int = 0
    errors: tuple[Fault, ...] = ()


class Refusal(msgspec.Struct, frozen=True, rename={"status_code": "statusCode"}):
    """Why a request was refused."""

    status_code: int
    error: str = ""
    message: str = ""


class LackingObject(msgspec.Struct, frozen=True):
    """An object that could not be exported."""

    id: str
    type: str
    error: Refusal


class LackingObjects(msgspec.Struct, frozen=True):
    """The objects that could not be exported."""

    objects: tuple[LackingObject, ...] = ()


class Lacking(msgspec.Struct, frozen=True):
    """Why an export was refused."""

    message: str = ""
    attributes: LackingObjects | None = None


class Exported(msgspec.Struct, frozen=True, kw_only=True):
    """Objects as Kibana keeps them; `lacking` are the (type, id) that it does not have."""

    objects: tuple[Json, ...]
    lacking: tuple[tuple[str, str], ...]


def reason(cause: Cause) -> tuple[str, str]:
    """Why an object was refused, in Chinese and English."""
    if cause.type == "missing_references":
        named = "、".join(f"{one.type}/{one.id}" for one in cause.references)
        return f"它引用的对象不存在：{named}", f"it refers to what is not there: {named}"
    if cause.type in ("conflict", "ambiguous_conflict"):
        return (
            "同一编号的对象在别的空间已有，或由别处产生",
            "an object of this origin exists in another space or under another id",
        )
    if cause.type == "unsupported_type":
        return "这个 Kibana 不支持这类对象", "this Kibana does not know objects of this type"
    said = short(cause.message) or cause.type
    code = f"（{cause.status_code}）" if cause.status_code else ""
    return f"{said}{code}", f"{said} {cause.status_code or ''}".strip()


def wrong_answer(answer: httpx.Response, url: str) -> DubanError:
    """An error for an answer that ends what was to be done."""
    code, said = answer.status_code, _message(answer)
    if code == 401:
        return UsageError(
            f"Kibana（{url}）不接受这次登录（401）：请检查 DUBAN_KIBANA_API_KEY，"
            "或 DUBAN_KIBANA_USER 与 DUBAN_KIBANA_PASSWORD。",
            f"Kibana at {url} refuses the login (401): please check DUBAN_KIBANA_API_KEY, "
            "or DUBAN_KIBANA_USER and DUBAN_KIBANA_PASSWORD.",
        )
    if code == 403:
        return lacking_privilege(said)
    if code in (301, 302, 303, 307, 308):
        return UsageError(
            f"{url} 把请求转到别处（{code}）：请在 DUBAN_KIBANA_URL 中写最终地址，含基础路径。",
            f"{url} sends requests elsewhere ({code}): please give the final address, with its "
            "base path, in DUBAN_KIBANA_URL.",
        )
    if code == 404:
        return UsageError(
            f"{url} 没有所需的接口（404）：请检查 DUBAN_KIBANA_URL 和 DUBAN_KIBANA_SPACE。",
            f"{url} has no such interface (404): please check DUBAN_KIBANA_URL and "
            "DUBAN_KIBANA_SPACE.",
        )
    if code == 503:
        return DubanError(
            f"Kibana（{url}）尚未就绪（503），请稍后再试。",
            f"Kibana at {url} is not ready yet (503); please try again later.",
        )
    return DubanError(
        f"Kibana（{url}）回答 {code}：{said}。", f"Kibana at {url} answered {code}: {said}."
    )


def lacking_privilege(said: str) -> UsageError:
    """An error for what the user may not do; `said` is how Kibana puts it."""
    return UsageError(
        f"登录 Kibana 的用户没有所需的权限（403）：{short(said)}。请给予该空间内仪表板、Discover、"
        "数据视图、已保存对象的全部权限；规则还需“规则”和“连接器”的权限。",
        f"The user lacks a privilege in Kibana (403): {short(said)}. It needs all of Dashboards, "
        "Discover, data views and saved objects in the space; rules also need Rules and "
        "Connectors.",
    )


def short(text: str) -> str:
    """A message on one line, without its full stop, not too long."""
    return " ".join(text.split())[:_LONGEST].rstrip(".")


def _message(answer: httpx.Response) -> str:
    try:
        told = msgspec.json.decode(answer.content, type=Refusal)
    except msgspec.MsgspecError:
        return short(answer.text) or answer.reason_phrase
    return short(told.message) or told.error or answer.reason_phrase
