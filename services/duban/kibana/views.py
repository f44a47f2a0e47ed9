"""The data views over our indices: which there are, and their words in Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from duban.adapters.elastic.fields import DAY, Field
from duban.adapters.elastic.mappings import FIELDS, Model, alias
from duban.domain.form import label_of
from duban.kibana.data_view import DataView
from duban.web.vocabulary import GRAVITIES, KINDS, LEVELS, LOOKS, SEVERITIES, STATES, UNITS

Words = Mapping[str, str]


def _chinese(words: Mapping[str, tuple[str, str]]) -> Words:
    return MappingProxyType({code: chinese for code, (chinese, _) in words.items()})


_NAMES: Mapping[Model, str] = MappingProxyType(
    {
        "agencies": "督办 名录 / agencies",
        "reports": "督办 年报台账 / reports",
        "readings": "督办 年报内容 / readings",
        "findings": "督办 问题 / findings",
        "obligations": "督办 报告义务 / obligations",
        "pages": "督办 栏目查看 / pages looked at",
        "alerts": "督办 提醒 / alerts",
        "rejected": "督办 未能作为年报的文件 / files set apart",
        "aside": "督办 搁置的事件 / events set aside",
    }
)
VIEWS: tuple[Model, ...] = tuple(_NAMES)

_LABELS: Words = MappingProxyType(
    {
        "agency": "机关",
        "agency_id": "机关编号",
        "agency_kind": "机关类型",
        "agency_parent": "主管机关编号",
        "agency_region": "地区",
        "because": "原因",
        "blame": "归因",
        "cause": "搁置原因",
        "due_on": "截止日",
        "errors": "错误",
        "gravity": "迟延程度",
        "infos": "提示",
        "is_late": "逾期",
        "is_open": "仍存在",
        "known_from": "记录时间",
        "kind": "提醒类型",
        "lines": "事项数",
        "media": "文件格式",
        "message": "内容",
        "message_en": "内容（英文）",
        "name": "事件",
        "outcome": "查看结果",
        "posted_at": "首次发现",
        "published_on": "公开日期",
        "reason": "说明",
        "reason_code": "说明代码",
        "regime": "表样",
        "rule": "规则",
        "severity": "程度",
        "since": "发现时间",
        "stage": "义务状态",
        "state": "状态",
        "status": "分类",
        "title": "标题",
        "unit": "环节",
        "url": "网址",
        "warnings": "疑似",
        "year": "年度",
    }
)
_STAGES: Words = MappingProxyType(
    {
        "not_yet_due": "未到期",
        "blocked": "未能核实",
        "absent": "未检索到",
        "present": "已检索到",
        "waived": "免报",
        "ended": "无须报告",
    }
)
_BLAMES: Words = MappingProxyType({"agency": "机关", "site": "网站", "reading": "本系统读取"})
_ALERTS: Words = MappingProxyType(
    {"report": "年报有问题", "absent": "未检索到年报", "unreadable": "文件无法读取"}
)
_STATUSES: Words = MappingProxyType(
    {"other_document": "不是年报", "unreadable": "无法读取", "unassigned": "未能归属"}
)
_REGIMES: Words = MappingProxyType(
    {"R2008": "2008 年条例", "R2019": "2019 年表样", "R2021": "2021 年表样"}
)
_YES_NO: Words = MappingProxyType({"true": "是", "false": "否"})
_WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "agency_kind": _chinese(KINDS),
        "blame": _BLAMES,
        "gravity": _chinese(GRAVITIES),
        "is_late": _YES_NO,
        "is_open": _YES_NO,
        "kind": _ALERTS,
        "level": _chinese(LEVELS),
        "outcome": _chinese(LOOKS),
        "regime": _REGIMES,
        "severity": _chinese(SEVERITIES),
        "stage": _STAGES,
        "state": _chinese(STATES),
        "status": _STATUSES,
        "unit": _chinese(UNITS),
    }
)
#: What only the program needs: nobody looks for it among the fields of a document.
_HIDDEN = (
    "body",
    "evidence",
    "from_us",
    "known_to",
    "number",
    "position",
    "rank",
    "since_us",
    "standing",
    "subject",
    "to_us",
    "told",
    "words",
)
_CELLS = "figures."
_NO_NAMES: Words = MappingProxyType({})


def field_types(model: Model) -> Mapping[str, str]:
    """Each field that may be counted or shown, with its type; groups are written with dots."""
    found: dict[str, str] = {}
    _flatten(FIELDS[model], "", found)
    return MappingProxyType(found)


def views(prefix: str, names: Words = _NO_NAMES) -> tuple[DataView, ...]:
    """All data views; `prefix` begins the names of the indices.

    `names` are those of supervising agencies by id; documents hold the id alone.
    """
    return tuple(_view(prefix, model, names) for model in VIEWS)


def _view(prefix: str, model: Model, names: Words) -> DataView:
    types = field_types(model)
    fields = FIELDS[model]
    known = {**_WORDS, **({"agency_parent": names} if names else {})}
    return DataView(
        key=model,
        name=_NAMES[model],
        index=alias(prefix, model),
        types=types,
        labels={
            **{name: label for name, label in _LABELS.items() if name in types},
            **{name: _of_cell(name) for name in types if name.startswith(_CELLS)},
        },
        words={name: words for name, words in known.items() if name in types},
        years=("year",) if "year" in types else (),
        days=tuple(name for name, field in fields.items() if field == DAY),
        hidden=tuple(name for name in _HIDDEN if name in fields),
    )


def _of_cell(field: str) -> str:
    return label_of(field.removeprefix(_CELLS))


def _flatten(fields: Mapping[str, Field], above: str, found: dict[str, str]) -> None:
    for name, field in fields.items():
        if "properties" in field:
            _flatten(field["properties"], f"{above}{name}.", found)
        elif field.get("enabled", True):
            found[f"{above}{name}"] = field["type"]
