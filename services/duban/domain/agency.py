"""Agencies of the roster and the kinds the law knows."""

from __future__ import annotations

import re
from typing import Literal, get_args

import msgspec

Kind = Literal[
    "central_dept", "dept_prov", "dept_pref", "dept_county", "gov_office", "prov_gov",
    "pref_gov", "county_gov", "town_gov", "subdistrict", "dev_zone", "vertical",
    "authorized_org",
]  # fmt: skip
KINDS: tuple[str, ...] = get_args(Kind)


Level = Literal["central", "province", "prefecture", "county", "town"]


class Waiver(msgspec.Struct, frozen=True):
    """The office does not ask for the report of a year, and why."""

    year: int
    reason: str


class Agency(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agency that owes a report (field list: domain reference 6.2).

    `columns` are the list pages where its reports are posted; `hosts` those it may be fetched
    from beside the hosts of `columns`. `parent` is the supervising agency. Dates are ISO
    strings: it exists from `valid_from` to `valid_to`, both included; `merged_into` took over.
    """

    id: str
    name: str
    kind: Kind
    region: str = ""
    parent: str | None = None
    short_names: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    level: Level | None = None
    merged_into: str | None = None
    has_rule_power: bool = False
    credit_code: str | None = None
    waived: tuple[Waiver, ...] = ()


_KIND_BY_ENDING: tuple[tuple[str, Kind], ...] = (
    (r"(镇|乡)人民政府$", "town_gov"),
    (r"街道办事处$|街道$", "subdistrict"),
    (r"(开发区|高新区|园区|新区|示范区)(管理委员会|管委会)$", "dev_zone"),
    (r"人民政府办公(厅|室)$|政府办公(厅|室)$", "gov_office"),
    (r"市[^市]{1,8}(区|县)人民政府$|[^市]{2,9}(区|县)人民政府$", "county_gov"),
    (r"(^|自治区)[^市州盟县区]{2,6}(市|州|盟)[^市州盟县区]{2,6}市人民政府$", "county_gov"),
    (r"^(北京|天津|上海|重庆)市人民政府$|省人民政府$|自治区人民政府$", "prov_gov"),
)


def infer_kind(name: str) -> Kind | None:
    """The kind an unambiguous full name tells; None where the name alone cannot tell.

    A bare `…市人民政府` may be a prefecture or a county-level city, a bare `…局` may belong to
    any level, unless a place of that level stands before it.
    """
    name = re.sub(r"\s", "", name)
    for pattern, kind in _KIND_BY_ENDING:
        if re.search(pattern, name):
            return kind
    if re.search(r"[县区](?!人民)[^县区]{2,20}(局|委员会|委|办公室|中心)$", name):
        return "dept_county"
    if re.match(r"[^市县区]{2,6}省(?!人民政府)[^市州县区]{2,20}(厅|局|委员会|委|办公室)$", name):
        return "dept_prov"
    return None
