"""What an office is shown, in a form in which two profiles can be held against each other.

Left out is only what differs because the same thing was done at another moment: times of day,
places in the history, revisions, and the order of findings that became known together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from duban.domain import view
from duban.domain.event import AlertOpened, AlertResolved, Event
from duban.domain.view import FindingQuery, Scope, SearchQuery
from duban.ports import Index

_OF_THE_MOMENT = frozenset(
    ("at", "since", "revision", "position", "as_of", "posted_at", "last_checked", "recent")
)
_ALL = 100_000
_A_PAGE = 100
_BY: tuple[view.LedgerBy, ...] = ("year", "kind", "parent")


def shown(index: Index, phrases: Sequence[str]) -> Mapping[str, object]:
    """Everything the pages tell: figures, ledger, reports with their cells, findings, hits."""
    scope = Scope()
    rows = index.matrix(scope)
    found = index.findings(FindingQuery(order="agency", limit=_ALL))
    return {
        "overview": _plain(index.overview(scope)),
        "ledger": {f"{by} {row.key}": _plain(row) for by in _BY for row in index.ledger(scope, by)},
        "reports": {
            f"{row.agency_id} {row.year}": _plain(index.report(row.agency_id, row.year, scope))
            for row in rows
        },
        "agencies": {one: _plain(index.agency(one, scope)) for one in {r.agency_id for r in rows}},
        "findings": {_name(row): _plain(row) for row in found.rows},
        "rejected": sorted(map(str, (_plain(one) for one in index.rejected(scope, _ALL)))),
        "set aside": sorted(one.event_id for one in index.aside(scope, _ALL)),
        "hits": {phrase: _hits(index, phrase) for phrase in phrases},
    }


def standing(alerts: Iterable[Event], otherwise: Collection[str] = ()) -> Mapping[str, object]:
    """The alerts that are open after all of them, by agency, year and kind.

    Of the agencies told of `otherwise`, in another order, it is left out which fact came last.
    """
    last: dict[str, AlertOpened] = {}
    for event in alerts:
        if isinstance(event.body, AlertOpened):
            last[f"{event.body.agency_id} {event.body.year} {event.body.kind}"] = event.body
    return {
        name: _plain(body) | ({"because": None} if body.agency_id in otherwise else {})
        for name, body in last.items()
        if not isinstance(body, AlertResolved)
    }


def courses(facts: Iterable[Event]) -> Mapping[str, Sequence[str]]:
    """What was told of each agency, in order: a crawl meets the pages of a site in any order."""
    told: dict[str, list[str]] = defaultdict(list)
    for event in facts:
        body = event.body
        about = (str(getattr(body, name, "")) for name in ("year", "url", "sha256"))
        told[event.key].append(" ".join((event.name, *about)))
    return told


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """Where two such things differ, a line each: the path, what the one and the other say."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted(one.keys() | other.keys()):
            below = f"{path} / {name}" if path else name
            if name not in other:
                yield f"{below}: only in the first: {_short(one[name])}"
            elif name not in one:
                yield f"{below}: only in the second: {_short(other[name])}"
            else:
                yield from differences(one[name], other[name], below)
    elif one != other:
        yield f"{path}: {_short(one)} / {_short(other)}"


def _name(row: view.FindingRow) -> str:
    return f"{row.agency_id} {row.year} {row.finding.rule} {row.finding.fingerprint}"


def _hits(index: Index, phrase: str) -> Mapping[str, object]:
    """All hits, page by page; within a year each index numbers the agencies in its own way."""
    found: dict[str, object] = {}
    page = index.search(SearchQuery(text=phrase, limit=_A_PAGE))
    for offset in range(_A_PAGE, page.total + _A_PAGE, _A_PAGE):
        found |= {f"{hit.agency_id} {hit.year}": _plain(hit) for hit in page.hits}
        page = index.search(SearchQuery(text=phrase, limit=_A_PAGE, offset=offset))
    assert len(found) == page.total, f"{phrase}: some hits are on two pages, or on none"
    return {"total": page.total, **found}


def _plain(value: object) -> Any:
    return _of_no_moment(msgspec.to_builtins(value, str_keys=True))


def _of_no_moment(value: Any) -> Any:
    """Lists become mappings by place or fingerprint, so that a difference shows its path."""
    if isinstance(value, dict):
        return {
            name: _of_no_moment(one) for name, one in value.items() if name not in _OF_THE_MOMENT
        }
    if isinstance(value, list | tuple):
        return {_place(number, one): _of_no_moment(one) for number, one in enumerate(value)}
    return value


def _place(number: int, one: Any) -> str:
    if isinstance(one, dict) and isinstance(one.get("finding"), dict):
        return str(one["finding"]["fingerprint"])
    return f"{number:03d}"


def _short(value: object) -> str:
    told = repr(value)
    return told if len(told) < 300 else f"{told[:300]}…"
