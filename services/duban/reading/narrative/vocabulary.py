"""The closed vocabulary of narrative facts: their names and the circumstances rules except."""

from __future__ import annotations

from typing import Literal, get_args

Qualifier = Literal[
    # What the number counts is not (only) the agency itself; the words stand in `scope`.
    "region_wide",  # 全市, 全区 …: narrower or wider than the report unless it is the region's own
    "own_office",  # 本级, 本机关, 区政府办公室: narrower in a region's report, normal in its own
    "including",  # 含垂管部门: wider
    "excluding",  # 不含垂管部门: narrower
    "assisted",  # 协办: not its own cases
    "registered",  # 登记, 备案, 立案 of cases
    # Applications
    "carried_included",  # the number says that it holds the cases carried over
    "denied",  # a zero in words (未收到, 未发生, 无结转), no printed 0
    "within_deadline",  # 按期答复 N 件: perhaps not all answers
    "withdrawn_besides",  # 办结 N 件，撤回 M 件: requests also ended otherwise
    "still_open",  # 尚未办结 N 件: the same as carried forward at the end of the year
    "because_not_held",  # 因本机关不掌握…无法提供 N 件: may be the first row of the group alone
    "with_et_cetera",  # 因不掌握等原因: the whole group is meant
    "list_open",  # the list of parts ends with 等
    "unassigned_part",  # the list holds a number no row could be given, so it need not add up
    "remainder",  # 其余 N 件
    # Disputes
    "filed_in_year",  # 收到, 受理, 新增, 立案, 备案: the table may hold earlier cases too
    "all_upheld",  # 均获维持: the value is the stated total
    "none_corrected",  # 均未被纠错
    "instances_counted",  # 一审, 二审 are named: one suit may count twice
    # Proactive disclosure
    "one_channel",  # 通过政府网站: only one channel is counted
    "published_records",  # 公开, 公示 N 条: records published, not decisions taken
    "in_breakdown",  # stands after 其中 or in a bracket
]
QUALIFIERS: frozenset[str] = frozenset(get_args(Qualifier))
"""Every value `Fact.qualifiers` may hold."""

OUTCOMES = (
    "granted", "partial", "granted_plus_partial", "refused", "not_provided", "not_processed",
    "other_handling",
)  # fmt: skip
REQUEST_NAMES = (
    "received", "new_strict", "carried_over", "carried_forward", "handled", "new_organisations",
    *OUTCOMES,
)  # fmt: skip
_PARTS = ("upheld", "corrected", "other", "pending")
DISPUTE_NAMES = (
    "recon_total", "lit_total", "disputes_total", "lit_direct_total", "lit_after_total",
    *(f"{side}_{part}" for side in ("recon", "lit") for part in _PARTS),
)  # fmt: skip
DISCLOSURE_NAMES = (
    "normative_issued", "normative_repealed", "normative_in_force", "normative_published",
    "regulations_issued", "licensing_decisions", "penalty_decisions", "compulsion_decisions",
    "proactive_total",
)  # fmt: skip
NAMES: frozenset[str] = frozenset((*REQUEST_NAMES, *DISPUTE_NAMES, *DISCLOSURE_NAMES))
"""Every fact name beside cell paths of tables 3 and 4 (`applications.…`, `disputes.…`).

`new_organisations` is 法人或其他组织, the five columns of organisations together;
`disputes_total` reconsiderations and suits in one number; `normative_published` published
items, not documents issued.
"""
