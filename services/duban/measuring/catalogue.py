"""Every metric, declared: its name with the unit, what it means, and which values labels take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import msgspec

from duban.domain.document import Media
from duban.domain.event import BODIES
from duban.domain.finding import OutcomeName
from duban.observing import (
    UNREADABLE,
    DocumentStatus,
    FetchOutcome,
    HostClass,
    MessageOutcome,
    RoundOutcome,
)

OTHER = "other"  # what a label says instead of any value that is not declared
_QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_SLOW = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0)


class Label(msgspec.Struct, frozen=True):
    """A label and its values; without any, `about` says where the few values come from."""

    name: str
    values: tuple[str, ...] = ()
    about: str = ""


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """One metric as it is exposed; `buckets` are the upper bounds of a histogram, in seconds."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    help: str
    labels: tuple[Label, ...] = ()
    buckets: tuple[float, ...] = ()

    @property
    def label_names(self) -> Sequence[str]:
        """The names of the labels, in order."""
        return [label.name for label in self.labels]


UNITS = ("intake", "agency", "indexer", "notifier", "forwarder")
_UNIT = Label("unit", UNITS)
_NAMES = tuple(dict.fromkeys(name for name, _ in BODIES))
_MEDIA = Label("media", get_args(Media))
_RULE = Label("rule", about="ids of the rules in force when the process started")

EVENTS = Metric(
    name="duban_events_total",
    kind="counter",
    help="Events that a unit is done with; an event for everyone counts once for each agency.",
    labels=(
        _UNIT,
        Label("event", (*_NAMES, UNREADABLE), "wire names (events.md), `unreadable`"),
        Label("outcome", ("handled", "set_aside")),
    ),
)
STEPS = Metric(
    name="duban_step_seconds",
    kind="histogram",
    help="Time of one step of a unit: handling its events and storing what follows.",
    labels=(_UNIT,),
    buckets=_QUICK,
)
LAST_STEP = Metric(
    name="duban_unit_last_step_timestamp_seconds",
    kind="gauge",
    help="When a unit last stored a step, or the process started; seconds since 1970.",
    labels=(_UNIT,),
)
VISIBLE = Metric(
    name="duban_posted_to_visible_seconds",
    kind="histogram",
    help="From the moment a report was found or uploaded until pages show what came of it.",
    labels=(Label("outcome", ("assessed", "rejected")),),
    buckets=_SLOW,
)
STAGES = Metric(
    name="duban_stage_seconds",
    kind="histogram",
    help="Waiting and work of one stage on the way of a report from posted to visible.",
    labels=(Label("stage", ("posted_to_read", "read_to_judged", "read_to_visible")),),
    buckets=_SLOW,
)
LAG = Metric(
    name="duban_unit_lag_events",
    kind="gauge",
    help="Events recorded that a unit has not taken yet.",
    labels=(_UNIT,),
)
AGENCIES_LEFT = Metric(
    name="duban_unit_agencies_left",
    kind="gauge",
    help="Agencies for which a unit has still to handle the event for everyone that is in hand.",
    labels=(_UNIT,),
)
QUEUE = Metric(
    name="duban_index_queue_events",
    kind="gauge",
    help="Events recorded that the read models do not show yet.",
)
RETRIES = Metric(
    name="duban_retries_total",
    kind="counter",
    help="Retries of set-aside events that were asked for, by the unit that is to handle them.",
    labels=(_UNIT,),
)
ASIDE = Metric(
    name="duban_set_aside_events",
    kind="gauge",
    help="Events that are set aside now: not handled, and no retry has settled them.",
    labels=(_UNIT,),
)
ASIDE_EVER = Metric(
    name="duban_set_aside_ever_events",
    kind="gauge",
    help="Events that were ever set aside, settled ones included, as the data folder tells.",
    labels=(_UNIT,),
)
FETCHES = Metric(
    name="duban_fetches_total",
    kind="counter",
    help="Addresses the crawler asked for, by class of host and by what came back.",
    labels=(Label("hosts", get_args(HostClass)), Label("outcome", get_args(FetchOutcome))),
)
FETCH_TIMES = Metric(
    name="duban_fetch_seconds",
    kind="histogram",
    help="Time of one fetch, the pause that politeness asks for included.",
    labels=(Label("hosts", get_args(HostClass)),),
    buckets=_QUICK,
)
ROUNDS = Metric(
    name="duban_crawl_rounds_total",
    kind="counter",
    help="Rounds over the columns of the roster.",
    labels=(Label("outcome", get_args(RoundOutcome)),),
)
LAST_ROUND = Metric(
    name="duban_crawl_last_round_timestamp_seconds",
    kind="gauge",
    help="When the last whole round ended, seconds since 1970; 0 before the first.",
)
DOCUMENTS = Metric(
    name="duban_documents_read_total",
    kind="counter",
    help="Files read by the confined processes, drafts checked on the pages included.",
    labels=(_MEDIA, Label("status", get_args(DocumentStatus))),
)
READING_TIMES = Metric(
    name="duban_document_reading_seconds",
    kind="histogram",
    help="Time of reading one file in a confined process.",
    labels=(_MEDIA,),
    buckets=_QUICK,
)
FAULTS = Metric(
    name="duban_reader_faults_total",
    kind="counter",
    help="Faults of the program itself while reading a file; never a fault of an agency.",
    labels=(_MEDIA,),
)
RULES = Metric(
    name="duban_rule_outcomes_total",
    kind="counter",
    help="Judged reports in which a rule came to an outcome; one report may give it several.",
    labels=(_RULE, Label("outcome", get_args(OutcomeName))),
)
MESSAGES = Metric(
    name="duban_messages_total",
    kind="counter",
    help="Messages handed to channels; one that was refused is handed over again later.",
    labels=(Label("outcome", get_args(MessageOutcome)),),
)
WORKERS = Metric(
    name="duban_worker_processes",
    kind="gauge",
    help="Processes that work for this one now; their work is counted here, not there.",
    labels=(Label("pool", ("reading", "judging")),),
)
BUILD = Metric(
    name="duban_build_info",
    kind="gauge",
    help="Always 1; the labels tell which program and which rules are at work.",
    labels=(
        Label("version", about="the program"),
        Label("rulebook", about="the rules in force when the process started"),
        Label("profile", ("embedded", "distributed")),
    ),
)
CLOCK = Metric(
    name="duban_clock_trusted",
    kind="gauge",
    help="1 while the machine's clock is believed; 0 while time stands still because of it.",
)
CLOCK_TIME = Metric(
    name="duban_clock_timestamp_seconds",
    kind="gauge",
    help="The time that events are recorded with, seconds since 1970.",
)
LAST_DAY = Metric(
    name="duban_last_day_timestamp_seconds",
    kind="gauge",
    help="When the last recorded day began in Asia/Shanghai, seconds since 1970; 0 before any.",
)
HOLIDAYS = Metric(
    name="duban_holidays_unknown",
    kind="gauge",
    help="1 while a last day is near and the public holidays of its year are not known.",
)
DISK_FREE = Metric(
    name="duban_data_disk_free_bytes",
    kind="gauge",
    help="Bytes that may still be written where the data folder lies.",
)
DISK_SIZE = Metric(
    name="duban_data_disk_size_bytes",
    kind="gauge",
    help="Size of the file system on which the data folder lies.",
)
UP = Metric(
    name="duban_units_running",
    kind="gauge",
    help="1 while the units run; 0 after one of them had to stop.",
)
MISSING = Metric(
    name="duban_figures_missing",
    kind="gauge",
    help="Groups of figures that could not be had for this scrape; their metrics are absent.",
)

METRICS: tuple[Metric, ...] = (
    EVENTS, STEPS, LAST_STEP, VISIBLE, STAGES, LAG, AGENCIES_LEFT, QUEUE, RETRIES, ASIDE,
    ASIDE_EVER, FETCHES, FETCH_TIMES, ROUNDS, LAST_ROUND, DOCUMENTS, READING_TIMES, FAULTS, RULES,
    MESSAGES, WORKERS, BUILD, CLOCK, CLOCK_TIME, LAST_DAY, HOLIDAYS, DISK_FREE, DISK_SIZE, UP,
    MISSING,
)  # fmt: skip
