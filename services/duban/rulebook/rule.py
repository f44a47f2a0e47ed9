"""A rule file as a value: its outer shape (the same as schemas/rule.v1.json)."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from duban.domain.agency import Kind
from duban.domain.finding import Severity

Term = Any  # a tree of plain YAML values; the compiler gives it meaning
Status = Literal["draft", "shadow", "active", "retired"]
Need = Literal[
    "text", "applications", "disputes", "form", "due_year", "names", "prior", "obligation"
]  # fmt: skip
#: A report that is there, or a year of an agency for which none is.
About = Literal["report", "absence"]


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text in Chinese and in English."""

    zh: str
    en: str


class Assumption(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must hold before the check is asked; otherwise the rule cannot tell."""

    that: Term
    because: str


class Excuse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A circumstance under which a failed check is no finding."""

    when: Term
    because: str
    outcome: Literal["not_applicable", "cannot_tell"] = "not_applicable"


class SeverityWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A circumstance that gives a failed check another severity, and other words."""

    severity: Severity
    when: Term
    message: Words | None = None


class Replaced(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule whose findings are attached to this rule's finding when both fire."""

    rule: str
    same: Literal["report", "cell", "suspect"] = "report"


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule as its file states it; what each key means: docs/reference/rule-files.md."""

    id: str
    version: int
    status: Status
    title: Words
    severity: Severity
    years: str
    kinds: Literal["all"] | tuple[Kind, ...]
    basis: tuple[str, ...]
    check: Term
    message: Words
    remedy: Words
    limits: str
    about: About = "report"
    needs: tuple[Need, ...] = ()
    for_each: dict[str, Term] = {}
    where: Term = None
    let: dict[str, Term] = {}
    assuming: tuple[Assumption, ...] = ()
    except_: tuple[Excuse, ...] = msgspec.field(default=(), name="except")
    severity_when: tuple[SeverityWhen, ...] = ()
    expected: Term = None
    actual: Term = None
    group_by: Term = None
    replaces: tuple[Replaced, ...] = ()
    structural: bool = False
    system: str | None = None
    retired_because: str | None = None
    replaced_by: str | None = None
