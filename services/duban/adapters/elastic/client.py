"""The connection to Elasticsearch."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any, TypeVar

from elastic_transport import ConnectionError as NoConnection
from elasticsearch import Elasticsearch
from urllib3.exceptions import NewConnectionError

from duban.config import ElasticSettings

T = TypeVar("T")


def connected(settings: ElasticSettings) -> Elasticsearch:
    """A client; nothing is asked yet. It may be shared by threads.

    Of several servers each is asked in turn; where one is away the next is, with the same, at once.
    What may not be repeated is asked `once`. Who is too busy is left to those who ask: they know
    how long to wait.
    """
    options: dict[str, Any] = {}
    if settings.api_key is not None:
        options["api_key"] = settings.api_key.in_clear()
    if settings.user is not None and settings.password is not None:
        login = f"{settings.user}:{settings.password.in_clear()}"
        options["basic_auth"] = base64.b64encode(login.encode()).decode()  # itself knows ASCII only
    if settings.ca_file is not None:
        options["ca_certs"] = str(settings.ca_file)
    return Elasticsearch(
        list(settings.urls),
        request_timeout=settings.timeout_s,
        max_retries=len(settings.urls) - 1,
        retry_on_timeout=False,
        retry_on_status=(),
        http_compress=False,
        **options,
    )


def once(client: Elasticsearch, ask: Callable[[Elasticsearch], T]) -> T:
    """Ask what must not be done twice: nobody else is asked once somebody may have heard it.

    A server that could not be reached heard nothing: the next one is asked.
    """
    alone = client.options(max_retries=0)
    for _ in range(len(client.transport.node_pool) - 1):
        try:
            return ask(alone)
        except NoConnection as error:
            if not isinstance(error.__cause__, NewConnectionError):
                raise
    return ask(alone)
