"""The one Kibana that objects are written for, and the ids they keep for ever."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from types import MappingProxyType

VERSION = "9.2.4"
CORE_MIGRATION = "8.8.0"

#: The form of each kind of object, as Kibana numbers it. Kibana raises an older form to its own
#: and refuses a newer one; these are known to all 9.x.
TYPE_MIGRATION: Mapping[str, str] = MappingProxyType(
    {"index-pattern": "8.0.0", "search": "10.5.0", "dashboard": "10.3.0"}
)
DASHBOARD_CONTENT = 3  # `attributes.version` of a dashboard

_NAMESPACE = uuid.UUID("6f1e5b0a-52c6-5f0e-9d52-9c1b7b3a1d20")


def part_id(*names: str) -> str:
    """The id of a part of an object (a panel, a layer, a control), from what it is called."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(names)))


def random_looking_id(*names: str) -> str:
    """A derived id in the form of a random one, as the API of rules and connectors asks for."""
    digest = hashlib.sha256("/".join(names).encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))
