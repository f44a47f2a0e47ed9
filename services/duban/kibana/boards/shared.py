"""What several dashboards share: conditions, controls, and counts by state and severity."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from duban.domain.view import STATES as STATE_KEYS
from duban.kibana.chart import Number
from duban.kibana.condition import SHOWN, Condition, Is, Known
from duban.kibana.dashboard import Control
from duban.kibana.figure import Case, Cases, Count, Each, Figure, Measure
from duban.kibana.panel import ChartPanel, WordsPanel
from duban.web.vocabulary import SEVERITIES, STATES

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "overview": "总览与台账",
        "late": "缺报与逾期",
        "findings": "问题分布",
        "agency": "机关画像",
        "figures": "申请与争议指标",
        "pipeline": "管道健康",
    }
)

OWED = Known("state")
OPEN = Is("is_open", (True,))
OPEN_FINDINGS: tuple[Condition, ...] = (*SHOWN, OPEN)
LEDGER: tuple[Condition, ...] = (*SHOWN, OWED)

BY_YEAR = Each(label="年度", field="year", most=100, by_key="descending")
BY_KIND = Each(label="机关类型", field="agency_kind", most=50)
BY_PARENT = Each(label="主管机关编号", field="agency_parent", most=1000, missing=True)
BY_AGENCY = Each(label="机关", field="agency", most=1000)
#: Documents that are not of an agency and year: what is chosen above does not apply to them.
_OF_NO_YEAR = ("agencies", "rejected", "aside")


def words(key: str, text: str) -> WordsPanel:
    """What a dashboard says of itself, with links to the others."""
    others = [f"[{name}](#/view/duban-{other})" for other, name in NAMES.items() if other != key]
    return WordsPanel(key="words", text=f"{text}\n\n{' · '.join(others)}", height=8)


def title(key: str) -> str:
    """The title of a dashboard."""
    return f"督办 {NAMES[key]}"


def of_year_controls(view: str) -> tuple[Control, ...]:
    """Choosing the year, and the agency."""
    return (Control("年度", view, "year"), *agency_controls(view))


def agency_controls(view: str) -> tuple[Control, ...]:
    """Choosing the kind of agency, the supervising agency and the agency."""
    return (
        Control("机关类型", view, "agency_kind"),
        Control("主管机关编号", view, "agency_parent"),
        Control("机关", view, "agency"),
    )


def by_state() -> tuple[Measure, ...]:
    """What is owed, each of its seven states, and how many came late."""
    states = tuple(Count(STATES[key][0], Is("state", (key,))) for key in STATE_KEYS)
    return (Count("应公开"), *states, Count("逾期", Is("is_late", (True,))))


def state_cases() -> Cases:
    """The seven states as groups."""
    return Cases("状态", tuple(Case(STATES[key][0], Is("state", (key,))) for key in STATE_KEYS))


def severity_cases() -> Cases:
    """The three severities as groups, the gravest first."""
    named = SEVERITIES.items()
    return Cases("程度", tuple(Case(words[0], Is("severity", (key,))) for key, words in named))


def number(
    key: str, title: str, english: str, view: str, where: tuple[Condition, ...], width: int = 8
) -> ChartPanel:
    """One large count of documents."""
    apart = view in _OF_NO_YEAR
    figure = Figure(view=view, measures=(Count(title),), where=where, apart=apart)
    return ChartPanel(
        key=key,
        title=title,
        english=english,
        figure=figure,
        chart=Number(),
        width=width,
        height=6,
    )
