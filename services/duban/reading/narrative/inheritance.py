"""Which numbers share the scope of an earlier one (domain reference 3.12.3(10))."""

from __future__ import annotations

import re
from dataclasses import replace

from duban.reading.narrative.mention import Mention, Sentence
from duban.reading.narrative.vocabulary import DISPUTE_NAMES, REQUEST_NAMES

_OWN_VERB = re.compile(r"引发|引起|发生|产生|收到|受理|提起|申请|被|涉|因")
_OWN_SUBJECT = re.compile(r"我[局镇县市区办街委厅乡]|本[局镇县市区街委厅乡]|全[市区县镇]")
_SUBJECT_SCOPES = frozenset(("own_office",))
_SCOPES = frozenset(("region_wide", "own_office", "including", "excluding", "assisted"))


def inherit_scope(sentence: Sentence) -> None:
    """Give a number without a scope of its own that of the number whose subject or verb it shares.

    An office named as the subject (区政府办公室) stays the subject of the applications counted
    after it in the sentence; results share the scope of their total; a dispute clause without a
    verb shares that of the number before it.
    """
    shared: list[Mention] = []
    totals: dict[int, Mention] = {}
    subject: Mention | None = None
    for mention in sorted(sentence.mentions, key=lambda mention: mention.start):
        heir = mention
        lead = sentence.text[sentence.clause_start(mention.start) : mention.start]
        if mention.name in REQUEST_NAMES:
            if mention.scope or _OWN_SUBJECT.search(lead):
                subject = mention
            elif subject:
                heir = _inherit(mention, subject, _SUBJECT_SCOPES)
        elif mention.name.startswith("disputes.") or mention.name in DISPUTE_NAMES:
            if mention.clause in totals:
                heir = _inherit(mention, totals[mention.clause], _SCOPES)
            elif shared and not _OWN_VERB.search(lead + _up_to_number(sentence, mention)):
                heir = _inherit(mention, shared[-1], _SCOPES)
            totals.setdefault(mention.clause, heir)
        shared.append(heir)
    sentence.mentions[:] = shared


def _up_to_number(sentence: Sentence, mention: Mention) -> str:
    return re.split(r"\d", sentence.text[mention.start : mention.end], maxsplit=1)[0]


def _inherit(heir: Mention, source: Mention, scopes: frozenset[str]) -> Mention:
    qualifiers = [qualifier for qualifier in source.qualifiers if qualifier in scopes]
    if heir.scope or not qualifiers:
        return heir
    return replace(
        heir, scope=source.scope, qualifiers=tuple(dict.fromkeys((*heir.qualifiers, *qualifiers)))
    )
