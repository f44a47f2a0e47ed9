"""A scope as SQL: which agencies may be seen, and which version of each row is meant."""

from __future__ import annotations

from typing import Any

import msgspec

from duban.adapters.embedded.moment import micros
from duban.domain.view import Scope


def parameters(scope: Scope) -> dict[str, Any]:
    """The values of the named parameters that the other functions use."""
    return {
        "at_us": micros(scope.known_at) if scope.known_at else None,
        "kind": scope.kind,
        "year": scope.year,
        "roots": msgspec.json.encode(scope.jurisdictions or ()).decode(),
    }


def live(table: str, scope: Scope) -> str:
    """The condition that a row is the current one, or was at the time asked for."""
    if scope.known_at is None:
        return f"{table}.to_us IS NULL"
    return f"{table}.from_us <= :at_us AND ({table}.to_us IS NULL OR {table}.to_us > :at_us)"


def visible(scope: Scope, *, of_kind: bool = True) -> str:
    """The table expression `visible (agency_id, name, kind, parent)`, after WITH RECURSIVE.

    A jurisdiction holds the named agencies and all below them through `parent`; it may name a
    unit that is itself no agency of the roster. Without `of_kind` the kind asked for is no
    condition.
    """
    columns = "SELECT agency.agency_id, agency.name, agency.kind, agency.parent FROM"
    kind = "AND agency.kind = :kind" if scope.kind and of_kind else ""
    shown = f"{live('agency', scope)} AND agency.removed = 0 {kind}"
    if scope.jurisdictions is None:
        return f"visible AS ({columns} agency WHERE {shown})"
    return (
        "below (agency_id) AS (SELECT value FROM json_each(:roots) "  # noqa: S608 - our own fragments
        "UNION SELECT agency.agency_id FROM below JOIN agency "
        f"ON agency.parent = below.agency_id WHERE {live('agency', scope)}), "
        f"visible AS MATERIALIZED ({columns} below CROSS JOIN agency "
        f"ON agency.agency_id = below.agency_id WHERE {shown})"
    )


def is_everywhere(scope: Scope) -> bool:
    """Whether agencies are left out for no other reason than that they are not shown at all."""
    return scope.jurisdictions is None and scope.kind is None


def mine(column: str, scope: Scope) -> str:
    """The condition that a row belongs to an agency of the scope, by the agency's id.

    Where nothing narrows the scope, the few agencies that are not shown are left out instead of
    looking up each of the many that are: every agency that a row names has a row itself.
    """
    if is_everywhere(scope) and scope.known_at is None:
        hidden = "SELECT agency_id FROM agency WHERE removed = 1 AND to_us IS NULL"
        return f"{column} NOT IN ({hidden})"
    return f"{column} IN (SELECT agency_id FROM visible)"  # noqa: S608 - as above
