"""What of a report matters for the years around it, taken from the printed report once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from duban.domain.form import APPLICANTS
from duban.samples.manuscript import Manuscript

_FULL_YEAR = re.compile("1月1日[^。；]{0,12}12月31日")
_STOCK_REVIEWED = re.compile("清理|失效|有效期|认定|重新统计|口径")
_BASIS_CHANGED = re.compile("统计口径|口径调整|机构改革|数据更正|与上年[^。；]*不一致")
_NORMS = "disclosure.normative_documents"
_COLUMNS = (*(applicant.field for applicant in APPLICANTS), "total")


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Carried over and forward by applicant and in total; normative documents; what is said.

    `says_full_year`: the period is written out; `reviewed_stock`, `changed_basis`: the text
    explains why figures may not follow from the year before.
    """

    carried_over: dict[str, float]
    carried_forward: dict[str, float]
    issued: float
    repealed: float
    in_force: float
    says_full_year: bool
    reviewed_stock: bool
    changed_basis: bool
    is_signed: bool

    @classmethod
    def of(cls, paper: Manuscript) -> Figures:
        """The figures of a report, as printed."""
        issued, repealed, in_force = (
            paper.number(f"{_NORMS}.{name}") for name in ("issued", "repealed", "in_force")
        )
        return cls(
            carried_over=_row(paper, "carried_over"),
            carried_forward=_row(paper, "carried_forward"),
            issued=issued,
            repealed=repealed,
            in_force=in_force,
            says_full_year=_says(paper, _FULL_YEAR, None, 1),
            reviewed_stock=_says(paper, _STOCK_REVIEWED, None, 1, 2, 5, 6),
            changed_basis=_says(paper, _BASIS_CHANGED, 1, 6),
            is_signed=paper.signed_on is not None,
        )


def _row(paper: Manuscript, name: str) -> dict[str, float]:
    return {column: paper.number(f"applications.{name}.{column}") for column in _COLUMNS}


def _says(paper: Manuscript, words: re.Pattern[str], *parts: int | None) -> bool:
    """Whether one of these parts (None: what stands before the first) says it."""
    prose = dict.fromkeys(parts, "")
    for part, _, sentence in paper.sentences():
        if part in prose:
            prose[part] += sentence.text()
    return any(words.search(text) for text in prose.values())
