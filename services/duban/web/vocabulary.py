"""What the pages call things, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

KINDS: Mapping[str, tuple[str, str]] = {
    "central_dept": ("中央部门", "Central department"),
    "dept_prov": ("省级部门", "Provincial department"),
    "dept_pref": ("市级部门", "City department"),
    "dept_county": ("县级部门", "County department"),
    "gov_office": ("政府办公厅（室）", "Government office"),
    "prov_gov": ("省级政府", "Provincial government"),
    "pref_gov": ("市级政府", "City government"),
    "county_gov": ("县级政府", "County government"),
    "town_gov": ("乡镇政府", "Town government"),
    "subdistrict": ("街道办事处", "Subdistrict office"),
    "dev_zone": ("开发区管委会", "Development zone"),
    "vertical": ("垂直管理单位", "Vertically led body"),
    "authorized_org": ("授权组织", "Authorised organisation"),
}
SEVERITIES: Mapping[str, tuple[str, str]] = {
    "error": ("错误", "Error"),
    "warning": ("疑似", "Warning"),
    "info": ("提示", "Note"),
}
STATES: Mapping[str, tuple[str, str]] = {
    "compliant": ("未见错误", "No error"),
    "failing": ("有问题", "Failing"),
    "unreadable": ("无法读取", "Unreadable"),
    "blocked": ("未能核实", "Not verified"),
    "absent": ("未检索到", "Not found"),
    "waived": ("免报", "Waived"),
    "not_yet_due": ("未到期", "Not yet due"),
}


GRAVITIES: Mapping[str, tuple[str, str]] = {
    "error": ("严重", "Grave"),
    "warning": ("一般", "Moderate"),
    "info": ("轻微", "Slight"),
}
LEVELS: Mapping[str, tuple[str, str]] = {
    "central": ("中央", "Central"),
    "province": ("省级", "Province"),
    "prefecture": ("市级", "City"),
    "county": ("县级", "County"),
    "town": ("乡镇级", "Town"),
}
LOOKS: Mapping[str, tuple[str, str]] = {
    "read": ("读到", "Read"),
    "unchanged": ("读到，无变化", "Read, unchanged"),
    "failed": ("没有打开", "Failed"),
    "blocked": ("不许采集", "Not allowed"),
}
UNITS: Mapping[str, tuple[str, str]] = {
    "intake": ("读取文件", "Reading"),
    "agency": ("判定", "Judging"),
    "indexer": ("编入页面", "Indexing"),
}
EVENTS: Mapping[str, tuple[str, str]] = {
    "agency.registered": ("名录登记", "Agency registered"),
    "agency.removed": ("名录除名", "Agency removed"),
    "page.checked": ("查看栏目", "Column looked at"),
    "report.posted": ("收到文件", "File received"),
    "report.read": ("读出年报", "Report read"),
    "report.rejected": ("文件未能作为年报", "File set apart"),
    "report.withdrawn": ("年报撤下", "Report withdrawn"),
    "rulebook.released": ("规则集发布", "Rulebook released"),
    "calendar.released": ("期限与节假日发布", "Calendar released"),
    "day.began": ("新的一天", "A day began"),
    "event.retried": ("重试", "Retry"),
    "obligation.due": ("报告义务", "Obligation"),
    "report.assessed": ("评判", "Assessment"),
    "finding.opened": ("发现问题", "Finding opened"),
    "finding.changed": ("问题有变", "Finding changed"),
    "finding.resolved": ("问题消除", "Finding resolved"),
    "alert.opened": ("提醒", "Alert opened"),
    "alert.changed": ("提醒有变", "Alert changed"),
    "alert.resolved": ("提醒解除", "Alert resolved"),
    "silence.set": ("静默", "Silence set"),
    "silence.lifted": ("解除静默", "Silence lifted"),
    "message.delivered": ("消息送达", "Message delivered"),
}
