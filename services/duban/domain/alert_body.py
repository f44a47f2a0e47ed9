"""What the events of alerts say: the alerts themselves, and what the office does about them."""

from __future__ import annotations

import msgspec

from duban.domain.alert import AlertKind, AlertLine, Moment, Purpose, Silence
from duban.domain.conclusion import Because
from duban.domain.severity import Severity


class AlertOpened(msgspec.Struct, frozen=True, kw_only=True):
    """Something of an agency and year needs a person; the whole alert, in one document.

    `agency`, `region` and `parent` are the roster's of that moment, `severity` is the gravest of
    `lines`, `since` when it opened. `quiet` where only our own reading of the same bytes changed:
    then nobody is told. `revision` counts its changes from 1.
    """

    agency_id: str
    year: int
    kind: AlertKind
    revision: int
    agency: str
    region: str
    parent: str | None
    severity: Severity
    because: Because
    quiet: bool
    since: Moment
    lines: tuple[AlertLine, ...]
    sha256: str = ""
    url: str | None = None
    due_on: str | None = None


class AlertChanged(AlertOpened, frozen=True, kw_only=True):
    """The same alert with other lines, or other particulars of its agency."""


class AlertResolved(AlertOpened, frozen=True, kw_only=True):
    """Nothing of the alert stands any more; `lines` are those that stood last."""


class SilenceSet(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asks that nothing be sent about some alerts until a moment."""

    silence: Silence


class SilenceLifted(msgspec.Struct, frozen=True, kw_only=True):
    """A silence ends before its time; `by` asked for it."""

    silence_id: str
    by: str
    reason: str = ""


class MessageDelivered(msgspec.Struct, frozen=True, kw_only=True):
    """A channel took a message; `alerts` are the alerts it told of, with the revision of each.

    `attempts` counts the tries, this one included.
    """

    message_id: str
    route: str
    channel: str
    purpose: Purpose
    alerts: dict[str, int]
    attempts: int = 1
