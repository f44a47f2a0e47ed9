"""What the evaluator remembers: a record for the agency, and two for each of its years."""

from __future__ import annotations

import msgspec

from duban.domain.agency import Agency
from duban.domain.event import RulebookReleased
from duban.domain.finding import Context
from duban.domain.report import Report
from duban.processors.processor import State

AGENCY = "evaluator/agency"


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of an agency: roster entry, years read, and the rulebook in force."""

    agency: Agency | None = None
    years: tuple[int, ...] = ()
    rulebook: RulebookReleased | None = None


class Standing(msgspec.Struct, frozen=True):
    """A finding as it was last told: its grounds, its wording (as hashes) and its revision."""

    evidence: str
    told: str
    revision: int
    is_open: bool


class Year(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one year; `assessed` is the hash of the assessment last emitted."""

    sha256: str
    url: str | None = None
    readable: bool = True
    revision: int = 0
    assessed: str = ""
    findings: dict[str, Standing] = msgspec.field(default_factory=dict)


class Text(msgspec.Struct, frozen=True):
    """The report of a year, apart from what changes with each judging."""

    report: Report


def year_part(year: int) -> str:
    """The part that holds a `Year`."""
    return f"evaluator/{year}"


def text_part(year: int) -> str:
    """The part that holds a `Text`."""
    return f"evaluator/{year}/report"


def known_of(state: State) -> Known:
    """What is known of the agency whose state this is."""
    return state.get(AGENCY, Known) or Known()


def learn(state: State, **news: Agency | RulebookReleased) -> State:
    """The state with news of the agency, unless it holds them, or later ones, already."""
    if state.has_absorbed(AGENCY):
        return state
    return state.put(AGENCY, msgspec.structs.replace(known_of(state), **news))


def context_of(state: State, known: Known, year: int) -> Context:
    """What is known of a report from outside it; of earlier years, the one before."""
    before = state.get(year_part(year - 1), Year)
    prior = state.get(text_part(year - 1), Text) if before and before.readable else None
    priors = (prior.report,) if prior else ()
    agency = known.agency
    if agency is None:
        return Context(year=year, prior=priors)
    names = (agency.name, *agency.short_names, *agency.former_names)
    return Context(names=names, year=year, kind=agency.kind, prior=priors)
