"""What other rules would come to, over the whole archive, with nothing stored."""

from __future__ import annotations

import time
from functools import partial
from pathlib import Path

from duban.adapters.agency_chain import agency_chain
from duban.adapters.embedded.judged import Tally
from duban.adapters.embedded.judging import Judging, Told
from duban.adapters.embedded.key_work import Turn, work
from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.state_reader import StateReader
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_in_force import RulesInForce, Version
from duban.domain.event import decode
from duban.ports import Clock, Recorded
from duban.processors.processor import Chain

_KEYS_AT_ONCE = 32


def rehearse(store: EmbeddedStore, folder: Path, clock: Clock, told: Told) -> Judging:
    """What judging everything by the rules of a folder would come to; nothing is stored.

    Each agency is handled in memory, from its state as it stands. Raises RuleError.
    """
    rules = RulesInForce(store.blobs, store.states)
    proposal = rules.proposed(folder, clock)
    chain = agency_chain(rules.rulebooks, rules.calendars)
    tally, aside = Tally(event.id for event in proposal.events), 0
    turns = [
        Turn(Recorded(position, event), position, position)
        for position, event in enumerate(proposal.events, store.end() + 1)
    ]
    began = time.perf_counter()
    with store.states.reading() as reader:
        before = rules.now()
        waiting = reader.facts_left(reader.cursor(chain.name).position)
        if turns:
            aside = _handle(reader, chain, turns, tally, told)
    calendar = rules.calendars(proposal.calendar)
    return Judging(
        before=before,
        after=Version(proposal.rulebook.version, proposal.rulebook.sha256, calendar.version),
        figures=tally.figures(store, set_aside=aside) if turns else None,
        seconds=time.perf_counter() - began,
        rehearsed=True,
        waiting=waiting,
    )


def _handle(reader: StateReader, chain: Chain, turns: list[Turn], tally: Tally, told: Told) -> int:
    """Hand the facts to every known agency; how often that failed."""
    keys, done, last, aside = reader.keys_left(chain.name, ""), 0, "", 0
    while batch := reader.keys(chain.name, last, _KEYS_AT_ONCE):
        for key in batch:
            outcome = work(chain, key, turns, partial(reader.record, chain.name, key))
            aside += len(outcome.set_aside)
            for _, rows in outcome.events:
                for _, _, packed, body in rows:
                    tally.take(decode(unpack(packed, body)))
        done, last = done + len(batch), batch[-1]
        told("试算（机关）", done, keys)
    return aside
