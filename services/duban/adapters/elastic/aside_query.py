"""Events that were set aside, within a jurisdiction and as known then."""

from __future__ import annotations

from duban.adapters.elastic.asking import Asking, Query, Search, live
from duban.adapters.elastic.roster import Roster, is_everywhere
from duban.adapters.embedded.moment import moment
from duban.domain.view import Aside, Scope


def aside(
    asking: Asking, roster: Roster, scope: Scope, limit: int, key: str | None = None
) -> list[Aside]:
    """What is set aside and was not handled since, newest first; of one key where it is given."""
    one = [] if key is None else [{"term": {"key": key}}]
    search = Search(
        model="aside",
        filters=[*filters(roster, scope), *one],
        sort=("-from_us", "-position", "unit", "key"),
        limit=limit,
    )
    return [
        Aside(
            position=found["position"],
            event_id=found["event_id"],
            name=found["name"],
            unit=found["unit"],
            key=found["key"],
            cause=found["cause"],
            at=moment(found["from_us"]),
            agency=_name(roster, found["key"]),
        )
        for found in asking.one(search).sources
    ]


def filters(roster: Roster, scope: Scope) -> list[Query]:
    """What belongs to no agency is seen from everywhere only."""
    return [*live(scope), *([] if is_everywhere(scope) else roster.mine(scope, "key"))]


def _name(roster: Roster, key: str) -> str | None:
    member = roster.members.get(key)
    return member.name if member and member.is_shown else None
