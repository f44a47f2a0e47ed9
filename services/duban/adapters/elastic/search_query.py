"""Full-text search: every piece an exact phrase, every match shown where it stands."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from typing import Any

from duban.adapters.elastic.asking import Asking, Query, Search, live, of_year
from duban.adapters.elastic.roster import Roster
from duban.adapters.elastic.words import Phrase, phrase
from duban.adapters.embedded import bigram
from duban.adapters.embedded.search_query import snippets
from duban.domain.view import Hit, SearchPage, SearchQuery

_WORDS = "words"
_ALL = 200_000  # more pairs than begin with one character


def search(asking: Asking, roster: Roster, query: SearchQuery) -> SearchPage:
    """The reports that hold every piece of the query, newest year first."""
    began = time.perf_counter()
    pieces = query.text.split()
    phrases = [found for found in map(phrase, pieces) if found is not None]
    if not phrases:
        return SearchPage(hits=(), total=0, took_ms=0.0)
    scope = query.scope
    said = [_said(one) for one in phrases]
    found = asking.one(
        Search(
            model="readings",
            filters=[
                *live(scope),
                {"term": {"stands": True}},
                *of_year(scope),
                *roster.mine(scope),
                *said,
            ],
            sort=("-year", "agency_id"),
            fields=("agency_id", "year", "title", "text"),
            limit=query.limit,
            offset=query.offset,
            counts=True,
        )
    )
    finders = [finder for finder in map(bigram.finder, pieces) if finder is not None]
    hits = tuple(_hit(roster, one, finders) for one in found.sources)
    took_ms = (time.perf_counter() - began) * 1000
    return SearchPage(hits=hits, total=found.total, took_ms=took_ms)


def _said(one: Phrase) -> Query:
    if not one.is_begun:
        return {"match_phrase": {_WORDS: " ".join(one.words)}}
    if len(one.words) == 1:
        return {"prefix": {_WORDS: one.words[0]}}
    begun = {"query": " ".join(one.words), "max_expansions": _ALL}
    return {"match_phrase_prefix": {_WORDS: begun}}


def _hit(roster: Roster, one: Mapping[str, Any], finders: list[re.Pattern[str]]) -> Hit:
    member = roster.members.get(one["agency_id"])
    return Hit(
        agency_id=one["agency_id"],
        agency=member.name if member else "",
        year=one["year"],
        title=one["title"],
        snippets=snippets(one["text"], finders),
    )
