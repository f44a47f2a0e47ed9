"""The connection to Elasticsearch."""

from __future__ import annotations

import base64
from typing import Any

from elasticsearch import Elasticsearch

from duban.config import ElasticSettings


def connected(settings: ElasticSettings) -> Elasticsearch:
    """A client; nothing is asked yet. It may be shared by threads.

    Nothing is repeated by it: who asks knows whether asking again is harmless.
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
        settings.url,
        request_timeout=settings.timeout_s,
        max_retries=0,
        retry_on_timeout=False,
        http_compress=False,
        **options,
    )
