"""The chain of processors that every agency's facts go through: the same live and derived again."""

from __future__ import annotations

from collections.abc import Callable

from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.rulebook_library import RulebookLibrary
from duban.ports import BlobStore, StateStore
from duban.processors.alerter import Alerter
from duban.processors.calendar import Calendar
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.rulebook import Rulebook
from duban.rulebook.almanac import Almanac


def agency_chain(
    rulebooks: Callable[[str], Rulebook], calendars: Callable[[str], Almanac]
) -> Chain:
    """The chain, with the rulebooks and calendars that were released, by hash."""
    return Chain("agency", (Calendar(calendars), Evaluator(rulebooks)), Alerter())


def chain_from(blobs: BlobStore, states: StateStore) -> Chain:
    """The same, for a process that only derives: with what was released, from the stored copies."""
    return agency_chain(RulebookLibrary(blobs, states), CalendarLibrary(blobs, states))
