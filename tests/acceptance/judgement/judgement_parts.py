"""Whole small reports put together from the parts a case names; everything in them is invented."""

from __future__ import annotations

from typing import Any

APPLICANTS = ("自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
FIELDS = (
    "natural_person", "commercial_enterprise", "research_institution",
    "social_welfare_org", "legal_service_org", "other_org", "total",
)  # fmt: skip
RESULTS = ("upheld", "corrected", "other", "pending", "total")
GROUPS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
RESULT_LABELS = ("结果维持", "结果纠正", "其他结果", "尚未审结", "总计")
REFUSED = (
    ("state_secret", "1.属于国家秘密"),
    ("prohibited_by_law", "2.其他法律行政法规禁止公开"),
    ("three_security_one_stability", "3.危及“三安全一稳定”"),
    ("third_party_rights", "4.保护第三方合法权益"),
    ("internal_affairs", "5.属于三类内部事务信息"),
    ("process_information", "6.属于四类过程性信息"),
    ("enforcement_file", "7.属于行政执法案卷"),
    ("administrative_inquiry", "8.属于行政查询事项"),
)
NOT_PROVIDED = (
    ("not_held", "1.本机关不掌握相关政府信息"),
    ("needs_creation", "2.没有现成信息需要另行制作"),
    ("still_unclear", "3.补正后申请内容仍不明确"),
)
NOT_PROCESSED = (
    ("petition_complaint", "1.信访举报投诉类申请"),
    ("duplicate", "2.重复申请"),
    ("public_publication", "3.要求提供公开出版物"),
    ("excessive_repeated", "4.无正当理由大量反复申请"),
    ("confirm_or_reissue", "5.要求行政机关确认或重新出具已获取信息"),
)
OTHER = (
    ("overdue_correction", "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ("overdue_fee", "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请"),
    ("other", "3.其他"),
)
HEADINGS = {
    1: "一、总体情况",
    2: "二、主动公开政府信息情况",
    3: "三、收到和处理政府信息公开申请情况",
    4: "四、政府信息公开行政复议、行政诉讼情况",
    5: "五、存在的主要问题及改进情况",
    6: "六、其他需要报告的事项",
}
# natural persons and enterprises only: 21 new, 4 carried over, 22 handled, 3 carried forward
APPLICATIONS = {
    "new_received": [18, 3],
    "carried_over": [4],
    "results.granted": [7, 2],
    "results.partially_granted": [2],
    "results.refused.internal_affairs": [1],
    "results.refused.process_information": [1],
    "results.not_provided.not_held": [5, 1],
    "results.not_provided.needs_creation": [1],
    "results.not_processed.petition_complaint": [1],
    "results.other.overdue_correction": [1],
    "carried_forward": [3],
}
# 5 reconsiderations (3/1/0/1), 2 direct suits (1/0/1/0), 4 suits after (2/1/0/1)
DISPUTES = {
    "reconsideration": [3, 1, 0, 1],
    "litigation_direct": [1, 0, 1, 0],
    "litigation_after_reconsideration": [2, 1, 0, 1],
}
DISCLOSURE_2021 = {
    "regulations": [0, 0, 0], "normative_documents": [2, 1, 14], "licensing": [317],
    "penalties": [46], "compulsion": [5], "administrative_fees": ["12.35"],
}  # fmt: skip
DISCLOSURE_2019 = {
    "regulations": [0, 0, 0], "normative_documents": [2, 2, 14], "licensing": [31, "+2", 317],
    "other_services": [6, "-1", 12], "penalties": [88, 0, 46], "compulsion": [7, 0, 5],
    "administrative_fees": [2, 0], "procurement": [9, "285.2050"],
}  # fmt: skip
PROSE: dict[str, list[str]] = {
    "preface": [],
    "p1": [
        "我单位围绕群众关切推进公开，及时发布财政、民生和规划方面的内容，规范办理群众提出的申请，"
        "严格发布前审查，管好门户网站与公众号，并把公开工作纳入年度考核和业务培训。",
    ],
    "p5": [
        "存在的主要问题：个别科室发布不够及时，解读形式偏于单一。改进情况：明确专人负责，增加图解与问答。",
    ],
    "p6": ["按照有关规定，本年度未发出收费通知，未收取信息处理费。"],
}

Grid = list[list[tuple[str, int, int]]]


def blocks(case: dict[str, Any]) -> list[tuple[str, Any]]:
    """The report as ("title"|"heading"|"text"|"table"|"picture"|"right", content) in order."""
    if case.get("template"):
        case = {"p1": [], "p5": [], "p6": []} | case
    year, agency = case.get("year", 2023), case.get("agency", "青禾县柳溪镇人民政府")
    form = case.get("form") or ("R2021" if year >= 2021 else "R2019")
    title = case.get("title", [f"{agency}{year}年政府信息公开工作年度报告"])
    out: list[tuple[str, Any]] = [("title", line) for line in title]
    out += _texts(case, "preface")
    headings = HEADINGS | (case.get("headings") or {})
    for part in case.get("order", [1, 2, 3, 4, 5, 6]):
        if headings[part] is not None:
            out.append(("heading", headings[part]))
        out += _texts(case, f"p{part}")
        name = {2: "disclosure", 3: "applications", 4: "disputes"}.get(part)
        if name:
            grid = GRIDS[name](case, form)
            if case.get("template"):
                grid = [
                    [
                        ("", *cell[1:]) if cell[0][:1].isdigit() and cell[0][1:2] != "." else cell
                        for cell in row
                    ]
                    for row in grid
                ]
            table = case.get("tables", {}).get(name, "whole")
            if table == "whole":
                out.append(("table", grid))
            elif table == "picture":
                out.append(("picture", None))
            out += _texts(case, f"after_t{part}")
    out += [("right", line) for line in case.get("signature", [])]
    return out


def _texts(case: dict[str, Any], key: str) -> list[tuple[str, Any]]:
    given = case.get(key, PROSE.get(key, []))
    if isinstance(given, str):
        given = [given]
    return [("text", line) for line in given or []]


def _applications(case: dict[str, Any], form: str) -> Grid:
    given = (APPLICATIONS if "apps" not in case else {}) | (case.get("apps") or {})
    if form == "R2019" and "apps" not in case:
        given = dict(given)
        given["results.other.total"] = given.pop("results.other.overdue_correction")
    values = {field: (list(row) + [0] * 6)[:6] for field, row in given.items()}
    results = [
        sum(row[column] for field, row in values.items() if field.startswith("results."))
        for column in range(6)
    ]
    values.setdefault("results.total", results)
    cells = case.get("cells") or {}

    def row(field: str, *labels: tuple[str, int, int]) -> list[tuple[str, int, int]]:
        numbers = values.get(field, [0] * 6)
        printed = [*numbers, sum(numbers)]
        return [
            *labels,
            *(
                (str(cells.get(f"applications.{field}.{name}", number)), 1, 1)
                for name, number in zip(FIELDS, printed, strict=True)
            ),
        ]

    single = form == "R2019"
    single = {"one": True, "three": False}.get(case.get("other_rows", ""), single)
    count = 2 + 8 + 3 + 5 + (1 if single else 3) + 1
    note = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
    grid: Grid = [
        [(note, 3, 3), ("申请人情况", 7, 1)],
        [("自然人", 1, 2), ("法人或其他组织", 5, 1), ("总计", 1, 2)],
        [(label, 1, 1) for label in APPLICANTS[1:]],
        row("new_received", ("一、本年新收政府信息公开申请数量", 3, 1)),
        row("carried_over", ("二、上年结转政府信息公开申请数量", 3, 1)),
        row("results.granted", ("三、本年度办理结果", 1, count), ("（一）予以公开", 2, 1)),
        row(
            "results.partially_granted",
            ("（二）部分公开（区分处理的，只计这一情形，不计其他情形）", 2, 1),
        ),
    ]
    groups = [
        ("（三）不予公开", "refused", REFUSED),
        ("（四）无法提供", "not_provided", NOT_PROVIDED),
        ("（五）不予处理", "not_processed", NOT_PROCESSED),
    ]
    if not single:
        groups.append(("（六）其他处理", "other", OTHER))
    for label, group, rows in groups:
        for place, (name, text) in enumerate(rows):
            lead = [(label, 1, len(rows))] if place == 0 else []
            grid.append(row(f"results.{group}.{name}", *lead, (text, 1, 1)))
    if single:
        grid.append(row("results.other.total", ("（六）其他处理", 2, 1)))
    grid.append(row("results.total", ("（七）总计", 2, 1)))
    grid.append(row("carried_forward", ("四、结转下年度继续办理", 3, 1)))
    if case.get("subtotal"):
        _add_subtotal(grid)
    dropped = case.get("drop_rows", [])
    return [line for line in grid if not any(cell[0] in dropped for cell in line)]


def _add_subtotal(grid: Grid) -> None:
    grid[0][1] = ("申请人情况", 8, 1)
    grid[1][1] = ("法人或其他组织", 6, 1)
    grid[2].append(("小计", 1, 1))
    for line in grid[3:]:
        line.insert(-1, (str(sum(int(text) for text, _, _ in line[-6:-1])), 1, 1))


def _disputes(case: dict[str, Any], form: str) -> Grid:
    given = DISPUTES if "disputes" not in case else case["disputes"] or {}
    cells = case.get("cells") or {}
    numbers = []
    for group in GROUPS:
        values = given.get(group, [0, 0, 0, 0])
        for name, value in zip(RESULTS, [*values, sum(values)], strict=True):
            numbers.append((str(cells.get(f"disputes.{group}.{name}", value)), 1, 1))
    extra = [("", 1, 1)] if case.get("extra_column") is not None else []
    more = [(str(case["extra_column"]), 1, 1)] if extra else []
    grid: Grid = [
        [("行政复议", 5, 2), ("行政诉讼", 10 + len(extra), 1)],
        [("未经复议直接起诉", 5, 1), ("复议后起诉", 5 + len(extra), 1)],
        [(label, 1, 1) for label in RESULT_LABELS * 3] + extra,
        numbers + more,
    ]
    drop = case.get("drop_dispute_columns", 0)
    if drop:
        grid[2], grid[3] = grid[2][:-drop], grid[3][:-drop]
    return grid


def _disclosure(case: dict[str, Any], form: str) -> Grid:
    old = form == "R2019"
    cells = case.get("cells") or {}
    given = (DISCLOSURE_2019 if old else DISCLOSURE_2021) | (case.get("disclosure") or {})
    first = ("本年新制作数量", "本年新公开数量", "对外公开总数量") if old else (
        "本年制发件数", "本年废止件数", "现行有效件数")  # fmt: skip
    stock = ("上一年项目数量", "本年增/减", "处理决定数量")
    services = [("其他对外管理服务事项", "other_services")] if old else []
    plan = [
        ("第二十条第（一）项", first, [("规章", "regulations"),
         ("规范性文件" if old else "行政规范性文件", "normative_documents")]),
        ("第二十条第（五）项", stock if old else ("本年处理决定数量",),
         [("行政许可", "licensing"), *services]),
        ("第二十条第（六）项", stock if old else ("本年处理决定数量",),
         [("行政处罚", "penalties"), ("行政强制", "compulsion")]),
        ("第二十条第（八）项", stock[:2] if old else ("本年收费金额（单位：万元）",),
         [("行政事业性收费", "administrative_fees")]),
    ]  # fmt: skip
    if old:
        plan.append(("第二十条第（九）项", ("采购项目数量", "采购总金额（万元，保留四位小数）"),
                     [("政府集中采购", "procurement")]))  # fmt: skip
    grid: Grid = []
    for caption, columns, rows in plan:
        spans = [3 // len(columns)] * len(columns)
        spans[-1] += 3 - sum(spans)
        grid.append([(caption, 4, 1)])
        grid.append([("信息内容", 1, 1)] + [
            (label, span, 1) for label, span in zip(columns, spans, strict=True)])  # fmt: skip
        for label, field in rows:
            values = given[field]
            grid.append([(label, 1, 1)] + [
                (str(cells.get(f"disclosure.{field}.{place}", value)), span, 1)
                for place, (value, span) in enumerate(zip(values, spans, strict=True))
            ])  # fmt: skip
    return grid


GRIDS = {"applications": _applications, "disputes": _disputes, "disclosure": _disclosure}
