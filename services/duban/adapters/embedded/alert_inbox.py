"""The topic of alerts as the notifier reads it: what cannot be read is told as such."""

from __future__ import annotations

from collections.abc import Sequence

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.step_plan import key_in
from duban.domain.event import decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside


class AlertInbox:
    """Alerts, silences and receipts after a position, in order."""

    def __init__(self, log: SqliteEventLog) -> None:
        self._log = log

    def __call__(self, after: int, limit: int) -> Sequence[Recorded | SetAside]:
        rows = self._log.read_raw(("alerts",), after, limit)
        return [_read(*row) for row in rows]


def _read(position: int, event_id: str, data: bytes) -> Recorded | SetAside:
    try:
        return Recorded(position, decode(data))
    except EventError as error:
        return not_handled(position, key_in(data), event_id, error)
