"""What the calendar remembers of a year of an agency; the processors after it read it here."""

from __future__ import annotations

import msgspec

from duban.domain.obligation import Obligation
from duban.processors.processor import State


class Duty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The obligation as it was last told; `revision` counts from 1."""

    obligation: Obligation
    revision: int = 1


def duty_part(year: int) -> str:
    """The part that holds a `Duty`."""
    return f"calendar/{year}"


def obligation_of(state: State, year: int) -> Obligation | None:
    """How the agency stands with its duty of a year; None where nothing is owed or known."""
    duty = state.get(duty_part(year), Duty)
    return duty.obligation if duty else None
