"""What is asked again where the same request may succeed a moment later."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError
from elasticsearch import ApiError, TransportError

from duban.adapters.elastic.failure import PASSING

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0
_Answer = TypeVar("_Answer")


def passes(error: ApiError | TransportError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, ApiError):
        return error.meta.status in PASSING
    return isinstance(error, NoConnection | ConnectionTimeout) and not isinstance(error, TlsError)


def pauses_s() -> Iterator[float]:
    """How long to wait before each further try: ever longer, up to a bound."""
    pause_s = _FIRST_PAUSE_S
    while True:
        yield pause_s
        pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)


def patiently(ask: Callable[[], _Answer], patience_s: float) -> _Answer:
    """Ask what may be asked twice, again for so long; the client's error of the last time."""
    end = time.monotonic() + patience_s
    for pause_s in pauses_s():
        try:
            return ask()
        except (ApiError, TransportError) as error:
            if not passes(error) or time.monotonic() >= end:
                raise
        time.sleep(pause_s)
    raise AssertionError("there is always a further pause")
