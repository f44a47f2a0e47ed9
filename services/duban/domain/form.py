"""The unified forms of 2019 and 2021 as data: field, label and place of every cell.

Source: 国办公开办函〔2019〕60号 (R2019), 国办公开办函〔2021〕30号 (R2021).
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from duban.domain.report import Regime


class Label(NamedTuple):
    """A field of the form and the label printed for it."""

    field: str
    label: str


class ResultRow(NamedTuple):
    """A row of table 3: its field, the group it stands in ("" for none) and its own label."""

    field: str
    group: str
    label: str


class SubTable(NamedTuple):
    """One sub-table of table 2: article 20 item, column labels, rows."""

    item: str
    columns: tuple[Label, ...]
    rows: tuple[Label, ...]


PARTS: tuple[str, ...] = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "政府信息公开行政复议、行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)  # part k is PARTS[k - 1]

APPLICANTS: tuple[Label, ...] = (
    Label("natural_person", "自然人"),
    Label("commercial_enterprise", "商业企业"),
    Label("research_institution", "科研机构"),
    Label("social_welfare_org", "社会公益组织"),
    Label("legal_service_org", "法律服务机构"),
    Label("other_org", "其他"),
)
COLUMNS: tuple[Label, ...] = (*APPLICANTS, Label("total", "总计"))

_RESULTS = "三、本年度办理结果"
_OTHER_2019 = (ResultRow("results.other.total", "", "（六）其他处理"),)
_OTHER_2021 = (
    ResultRow(
        "results.other.overdue_correction",
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    ResultRow(
        "results.other.overdue_fee",
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    ResultRow("results.other.other", "（六）其他处理", "3.其他"),
)


def _group(prefix: str, group: str, rows: tuple[tuple[str, str], ...]) -> tuple[ResultRow, ...]:
    return tuple(ResultRow(f"results.{prefix}.{field}", group, label) for field, label in rows)


_BEFORE_OTHER: tuple[ResultRow, ...] = (
    ResultRow("new_received", "", "一、本年新收政府信息公开申请数量"),
    ResultRow("carried_over", "", "二、上年结转政府信息公开申请数量"),
    ResultRow("results.granted", "", "（一）予以公开"),
    ResultRow(
        "results.partially_granted",
        "",
        "（二）部分公开（区分处理的，只计这一情形，不计其他情形）",
    ),
    *_group(
        "refused",
        "（三）不予公开",
        (
            ("state_secret", "1.属于国家秘密"),
            ("prohibited_by_law", "2.其他法律行政法规禁止公开"),
            ("three_security_one_stability", "3.危及“三安全一稳定”"),
            ("third_party_rights", "4.保护第三方合法权益"),
            ("internal_affairs", "5.属于三类内部事务信息"),
            ("process_information", "6.属于四类过程性信息"),
            ("enforcement_file", "7.属于行政执法案卷"),
            ("administrative_inquiry", "8.属于行政查询事项"),
        ),
    ),
    *_group(
        "not_provided",
        "（四）无法提供",
        (
            ("not_held", "1.本机关不掌握相关政府信息"),
            ("needs_creation", "2.没有现成信息需要另行制作"),
            ("still_unclear", "3.补正后申请内容仍不明确"),
        ),
    ),
    *_group(
        "not_processed",
        "（五）不予处理",
        (
            ("petition_complaint", "1.信访举报投诉类申请"),
            ("duplicate", "2.重复申请"),
            ("public_publication", "3.要求提供公开出版物"),
            ("excessive_repeated", "4.无正当理由大量反复申请"),
            ("confirm_or_reissue", "5.要求行政机关确认或重新出具已获取信息"),
        ),
    ),
)
_AFTER_OTHER = (
    ResultRow("results.total", "", "（七）总计"),
    ResultRow("carried_forward", "", "四、结转下年度继续办理"),
)
RESULTS_LABEL = _RESULTS

ROWS_2019: tuple[ResultRow, ...] = (*_BEFORE_OTHER, *_OTHER_2019, *_AFTER_OTHER)
ROWS_2021: tuple[ResultRow, ...] = (*_BEFORE_OTHER, *_OTHER_2021, *_AFTER_OTHER)


def application_rows(regime: Regime) -> tuple[ResultRow, ...]:
    """The data rows of table 3 in order: 23 in R2019, 25 in R2021; none in R2008."""
    return {"R2008": (), "R2019": ROWS_2019, "R2021": ROWS_2021}[regime]


DISPUTE_GROUPS: tuple[Label, ...] = (
    Label("reconsideration", "行政复议"),
    Label("litigation_direct", "未经复议直接起诉"),
    Label("litigation_after_reconsideration", "复议后起诉"),
)
DISPUTE_COLUMNS: tuple[Label, ...] = (
    Label("upheld", "结果维持"),
    Label("corrected", "结果纠正"),
    Label("other", "其他结果"),
    Label("pending", "尚未审结"),
    Label("total", "总计"),
)

_ISSUED = (
    Label("issued", "本年制发件数"),
    Label("repealed", "本年废止件数"),
    Label("in_force", "现行有效件数"),
)
_DECISIONS = (Label("decisions", "本年处理决定数量"),)
_MADE = (
    Label("newly_made", "本年新制作数量"),
    Label("newly_published", "本年新公开数量"),
    Label("total_public", "对外公开总数量"),
)
_ITEMS = (
    Label("items_last_year", "上一年项目数量"),
    Label("items_change", "本年增/减"),
    Label("decisions", "处理决定数量"),
)
_LICENSING = Label("licensing", "行政许可")
_ENFORCEMENT = (Label("penalties", "行政处罚"), Label("compulsion", "行政强制"))
_FEES = (Label("administrative_fees", "行政事业性收费"),)

DISCLOSURE_2021: tuple[SubTable, ...] = (
    SubTable(
        "第二十条第（一）项",
        _ISSUED,
        (Label("regulations", "规章"), Label("normative_documents", "行政规范性文件")),
    ),
    SubTable("第二十条第（五）项", _DECISIONS, (_LICENSING,)),
    SubTable("第二十条第（六）项", _DECISIONS, _ENFORCEMENT),
    SubTable("第二十条第（八）项", (Label("amount_wan", "本年收费金额（单位：万元）"),), _FEES),
)
DISCLOSURE_2019: tuple[SubTable, ...] = (
    SubTable(
        "第二十条第（一）项",
        _MADE,
        (Label("regulations", "规章"), Label("normative_documents", "规范性文件")),
    ),
    SubTable(
        "第二十条第（五）项",
        _ITEMS,
        (_LICENSING, Label("other_services", "其他对外管理服务事项")),
    ),
    SubTable("第二十条第（六）项", _ITEMS, _ENFORCEMENT),
    SubTable("第二十条第（八）项", _ITEMS[:2], _FEES),
    SubTable(
        "第二十条第（九）项",
        (Label("projects", "采购项目数量"), Label("amount_wan", "采购总金额")),
        (Label("procurement", "政府集中采购"),),
    ),
)


def disclosure_tables(regime: Regime) -> tuple[SubTable, ...]:
    """The sub-tables of table 2: five in R2019, four in R2021; none in R2008."""
    return {"R2008": (), "R2019": DISCLOSURE_2019, "R2021": DISCLOSURE_2021}[regime]


def regime_of(year: int) -> Regime:
    """The form that must be used for a report year (domain reference 2.3)."""
    if year <= 2018:
        return "R2008"
    return "R2019" if year <= 2020 else "R2021"


@lru_cache(maxsize=1024)  # a form has some 400 cells
def label_of(path: str) -> str:
    """A full cell path in words, as an officer reads it: `“（一）予以公开”行“总计”列`."""
    table, _, rest = path.partition(".")
    row, _, column = rest.rpartition(".")
    if table == "applications":
        rows = {item.field: item.label for item in (*ROWS_2019, *ROWS_2021)}
        columns = dict(COLUMNS)
        return f"“{rows.get(row, row)}”行“{columns.get(column, column)}”列"
    if table == "disputes":
        groups, columns = dict(DISPUTE_GROUPS), dict(DISPUTE_COLUMNS)
        return f"“{groups.get(row, row)}”“{columns.get(column, column)}”"
    sub = row.partition(".sub[")[2].rstrip("]")
    labels = {r.field: r.label for t in (*DISCLOSURE_2019, *DISCLOSURE_2021) for r in t.rows}
    heads = {
        (r.field, c.field): c.label
        for t in (*DISCLOSURE_2019, *DISCLOSURE_2021)
        for r in t.rows
        for c in t.columns
    }
    base = row.partition(".sub[")[0]
    return f"“{sub or labels.get(base, base)}”行“{heads.get((base, column), column)}”列"
