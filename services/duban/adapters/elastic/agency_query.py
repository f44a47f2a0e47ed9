"""One agency: who stands above and below it, its reports, and what stands in their way."""

from __future__ import annotations

import msgspec

from duban.adapters.elastic import aside_query, report_query
from duban.adapters.elastic.asking import Asking, Search, live
from duban.adapters.elastic.roster import Roster
from duban.adapters.embedded.moment import moment
from duban.domain.agency import Agency
from duban.domain.body import PageChecked
from duban.domain.view import AgencyView, Look, Scope

_LISTED = 100
_LOOKS_AT_MOST = 10_000


def agency(asking: Asking, roster: Roster, agency_id: str, scope: Scope) -> AgencyView | None:
    """An agency and its reports, or None where it may not be seen."""
    if agency_id not in roster.visible(scope):
        return None
    its = {"term": {"agency_id": agency_id}}
    found, looks = asking.several(
        Search(model="agencies", filters=[*live(scope), its], fields=("body",), limit=1),
        Search(
            model="pages",
            filters=[*live(scope), its],
            sort=("url", "subject"),
            fields=("body", "from_us"),
            limit=_LOOKS_AT_MOST,
        ),
    )
    if not found.sources:
        return None
    shown = msgspec.convert(found.sources[0]["body"], Agency)
    rows = report_query.rows(asking, roster, scope, agency_id=agency_id)
    members = roster.visible(scope, of_kind=False)
    return AgencyView(
        agency=shown,
        reports=tuple(reversed(rows)),
        above=_above(roster, scope, shown),
        below=sum(one.parent == agency_id for one in members.values()),
        looks=tuple(
            Look(check=msgspec.convert(one["body"], PageChecked), at=moment(one["from_us"]))
            for one in looks.sources
        ),
        rejected=tuple(report_query.rejected(asking, scope, roster, _LISTED, agency_id)),
        aside=tuple(aside_query.aside(asking, roster, scope, _LISTED, agency_id)),
    )


def _above(roster: Roster, scope: Scope, found: Agency) -> tuple[tuple[str, str], ...]:
    """The supervising agencies that may be seen; a circle of parents ends where it began."""
    members = roster.visible(scope, of_kind=False)
    above: dict[str, str] = {}
    at = found.parent
    while at is not None and at != found.id and at not in above and at in members:
        above[at] = members[at].name
        at = members[at].parent
    return tuple(above.items())
