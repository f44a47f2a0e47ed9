"""Kibana over its HTTP interface: saved objects in and out, rules and connectors."""

from __future__ import annotations

import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import TypeVar

import httpx
import msgspec

from duban.config import KibanaSettings
from duban.errors import DubanError, UsageError
from duban.kibana.answer import (
    Exported,
    Imported,
    Lacking,
    Refusal,
    Status,
    lacking_privilege,
    wrong_answer,
)
from duban.kibana.condition import Json

_Answer = TypeVar("_Answer")


class Kibana:
    """One Kibana, and one of its spaces.

    Redirects are not followed, so that the key goes only to the address that was given.
    Raises UsageError where it cannot be reached or does not let us in, DubanError where its
    answer cannot be used.
    """

    def __init__(self, settings: KibanaSettings) -> None:
        self._url = settings.url.rstrip("/")
        self._space = f"/s/{settings.space}" if settings.space else ""
        headers = {"kbn-xsrf": "duban"}
        auth = None
        if settings.api_key is not None:
            headers["Authorization"] = f"ApiKey {settings.api_key.in_clear()}"
        elif settings.user is not None and settings.password is not None:
            auth = httpx.BasicAuth(settings.user, settings.password.in_clear())
        self._client = httpx.Client(
            headers=headers,
            auth=auth,
            verify=_trust(settings),
            timeout=settings.timeout_s,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Kibana:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def version(self) -> str:
        """The number of its version."""
        answer = self._ask("GET", f"{self._url}/api/status")
        try:
            return msgspec.json.decode(answer.content, type=Status).version.number
        except msgspec.MsgspecError as error:
            raise self._no_kibana() from error

    def import_objects(self, lines: str) -> Imported:
        """Put objects in, one a line; what is there under the same id is replaced."""
        answer = self._ask(
            "POST",
            f"{self._space_url}/api/saved_objects/_import",
            params={"overwrite": "true"},
            files={"file": ("duban.ndjson", lines.encode(), "application/ndjson")},
        )
        return self._decoded(answer, Imported)

    def export_objects(self, names: Sequence[tuple[str, str]]) -> Exported:
        """The objects of (type, id) as they are kept now, and those that are not there."""
        wanted = [{"type": kind, "id": name} for kind, name in names]
        lacking: list[tuple[str, str]] = []
        while wanted:
            answer = self._ask(
                "POST",
                f"{self._space_url}/api/saved_objects/_export",
                json={
                    "objects": wanted,
                    "includeReferencesDeep": False,
                    "excludeExportDetails": True,
                },
                accept=(200, 400),
            )
            if answer.status_code == 200:
                return Exported(objects=self._lines(answer), lacking=tuple(lacking))
            gone = self._gone(answer) & {(one["type"], one["id"]) for one in wanted}
            if not gone:
                raise wrong_answer(answer, self._url)
            lacking += sorted(gone)
            wanted = [one for one in wanted if (one["type"], one["id"]) not in gone]
        return Exported(objects=(), lacking=tuple(lacking))

    def get(self, path: str) -> Json | None:
        """What an interface of the space answers, None where it knows no such thing."""
        answer = self._ask("GET", f"{self._space_url}{path}", accept=(200, 404))
        return None if answer.status_code == 404 else self._decoded(answer, dict[str, object])

    def put(self, path: str, body: Mapping[str, object]) -> Refusal | None:
        """Replace something; why it was refused, if it was."""
        return self._written("PUT", path, body)

    def post(self, path: str, body: Mapping[str, object]) -> Refusal | None:
        """Make something; why it was refused, if it was."""
        return self._written("POST", path, body)

    @property
    def _space_url(self) -> str:
        return f"{self._url}{self._space}"

    def _written(self, method: str, path: str, body: Mapping[str, object]) -> Refusal | None:
        answer = self._ask(
            method, f"{self._space_url}{path}", json=body, accept=(200, 201, 400, 403, 409, 422)
        )
        return None if answer.is_success else self._decoded(answer, Refusal)

    def _ask(
        self,
        method: str,
        url: str,
        *,
        accept: tuple[int, ...] = (200,),
        params: Mapping[str, str] | None = None,
        json: Mapping[str, object] | None = None,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
    ) -> httpx.Response:
        try:
            answer = self._client.request(method, url, params=params, json=json, files=files)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            why = f"{error}".rstrip(".") or type(error).__name__
            raise UsageError(
                f"无法连接 Kibana（{self._url}）：{why}。"
                "请检查 DUBAN_KIBANA_URL（http 还是 https）和 DUBAN_KIBANA_CA_FILE。",
                f"Kibana at {self._url} cannot be reached: {why}. "
                "Please check DUBAN_KIBANA_URL (http or https) and DUBAN_KIBANA_CA_FILE.",
            ) from error
        if answer.status_code not in accept:
            raise wrong_answer(answer, self._url)
        return answer

    def _gone(self, answer: httpx.Response) -> set[tuple[str, str]]:
        """The objects that an export was refused for; all of them must simply not be there."""
        refused = self._decoded(answer, Lacking)
        objects = refused.attributes.objects if refused.attributes else ()
        for one in objects:
            if one.error.status_code == 403:
                raise lacking_privilege(one.error.message)
            if one.error.status_code != 404:
                raise wrong_answer(answer, self._url)
        return {(one.type, one.id) for one in objects}

    def _lines(self, answer: httpx.Response) -> tuple[Json, ...]:
        try:
            lines = [line for line in answer.content.split(b"\n") if line.strip()]
            return tuple(msgspec.json.decode(line, type=dict[str, object]) for line in lines)
        except msgspec.MsgspecError as error:
            raise self._no_kibana() from error

    def _decoded(self, answer: httpx.Response, kind: type[_Answer]) -> _Answer:
        try:
            return msgspec.json.decode(answer.content, type=kind)
        except msgspec.MsgspecError as error:
            raise self._no_kibana() from error

    def _no_kibana(self) -> DubanError:
        return UsageError(
            f"{self._url} 的回答不是 Kibana 的：请检查 DUBAN_KIBANA_URL（含基础路径）。",
            f"What answers at {self._url} is no Kibana: please check DUBAN_KIBANA_URL "
            "(with its base path).",
        )


def _trust(settings: KibanaSettings) -> ssl.SSLContext:
    """What the server's certificate is checked against."""
    try:
        return ssl.create_default_context(
            cafile=str(settings.ca_file) if settings.ca_file else None
        )
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"根证书 {settings.ca_file} 无法使用：请检查 DUBAN_KIBANA_CA_FILE（PEM 格式）。",
            f"The root certificate {settings.ca_file} cannot be used: please check "
            "DUBAN_KIBANA_CA_FILE (PEM).",
        ) from error
