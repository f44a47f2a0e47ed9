"""What a generated file prints and what must be found in it: the entries of truth.json.

`truth.json` is one object, every entry of its lists on a line of its own: `format`
("duban.samples/1"), `seed`, `missing`: reports left out on purpose, each {agency_id, agency,
year}; `files`: a list of

    path        of the file, below the made folder
    media       html, docx, pdf, text, markdown
    agency, agency_id, kind, year   whose report it is, and for which year it is posted
    regime      form of the printed tables (R2019, R2021)
    title       as printed, lines joined
    title_year  the year the title names
    published_on, signatory, signed_on   ISO dates; null where the document has none
    parts       [{part, ordinal, heading}] as printed; ordinal null where it is not shown
    cells       full path → {"kind": number|blank|text, "value": …}; a path is absent where the
                document lacks the cell
    absent_tables   tables the document lacks
    may_be_unreadable   tables whose columns are broken: a reader may refuse their cells, but
                may not read other values
    facts       [{name, value, approximate, part}]; part null for the preface. Where the title
                names a wrong year, a reader may leave out what sentences say of the true one
    fees        {stated, notice_count, notice_amount_yuan, collected_amount_yuan}
    planted     [{fault, context, findings}]: `findings` lists every error, warning or remark of
                the rules there are, each {rules, severity, cells, expected, actual}; `cells` must
                be among the cells the finding names; for broken sums also `failed` (each {rule,
                cells, expected, actual}) and `suspect` (true values by cell, or null).
                `context`: what must be known from outside for them to be found: "agency",
                "year" (whose report it is, of which year), "prior" (the report of the year
                before, as the file of the same agency prints it)
    oddities    harmless habits in it that must not be flagged

A report without `planted` has no error and no warning of these rules. `expected` and `actual`
are null where the catalogue leaves their form to the rule.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from duban.samples.manuscript import Manuscript

FORMAT = "duban.samples/1"
_DIGITS = str.maketrans("〇一二三四五六七八九", "0123456789")
_NUMBER = re.compile(r"[+-]?\d[\d,]*(\.\d+)?")


def entry(paper: Manuscript, *, path: str, media: str, ordinals: bool = True) -> dict[str, Any]:
    """The truth of one file; `ordinals` is false where the file does not show them."""
    title = "".join(paper.title_lines())
    years = re.findall(r"\d{4}", title.translate(_DIGITS))
    return {
        "path": path,
        "media": media,
        "agency": paper.agency.name,
        "agency_id": paper.agency.id,
        "kind": paper.agency.kind,
        "year": paper.year,
        "regime": paper.form,
        "title": title,
        "title_year": int(years[0]) if years else None,
        "published_on": paper.published_on,
        "signatory": paper.signature[0] if paper.signature else None,
        "signed_on": paper.signed_on,
        "parts": [
            {"part": p.part, "ordinal": p.ordinal if ordinals else None, "heading": p.heading}
            for p in paper.parts
        ],
        "cells": {path: cell(text) for path, text in sorted(paper.cells.items())},
        "absent_tables": sorted(paper.tables_absent),
        "may_be_unreadable": sorted(paper.uncertain),
        "facts": [
            {**fact, "part": part}
            for part, _, sentence in paper.sentences()
            for fact in sentence.facts()
        ],
        "fees": fees(paper),
        "planted": [
            {"fault": p.fault, "context": list(p.context), "findings": p.consequences}
            for p in paper.planted
        ],
        "oddities": list(paper.oddities),
    }


def as_text(seed: int | None, entries: list[dict[str, Any]]) -> str:
    """The content of truth.json, one line a file."""
    return "".join(as_lines(seed, (), map(as_line, entries)))


def as_line(entry: dict[str, Any]) -> str:
    """One entry on one line, without its end."""
    return json.dumps(entry, ensure_ascii=False)


def as_lines(
    seed: int | None, missing: Iterable[dict[str, Any]], lines: Iterable[str]
) -> Iterator[str]:
    """The content of truth.json piece by piece, of entries already on lines."""
    yield f'{{"format": "{FORMAT}", "seed": {json.dumps(seed)}, "missing": ['
    yield ",".join(f"\n{as_line(item)}" for item in missing)
    yield '], "files": ['
    for number, line in enumerate(lines):
        yield f",\n{line}" if number else f"\n{line}"
    yield "\n]}\n"


def entries(directory: Path) -> Iterator[dict[str, Any]]:
    """The entries of the truth.json in a folder one by one, however many there are."""
    with (directory / "truth.json").open(encoding="utf-8") as lines:
        for line in lines:
            if line.endswith('"files": [\n'):
                break
        for line in lines:
            if line.startswith("{"):
                yield json.loads(line.rstrip(",\n"))


def cell(text: str) -> dict[str, Any]:
    """Kind and value of a printed cell."""
    if not text:
        return {"kind": "blank", "value": None}
    shown = unicodedata.normalize("NFKC", text).removesuffix("件")
    if not _NUMBER.fullmatch(shown):
        return {"kind": "text", "value": None}
    plain = shown.replace(",", "")
    return {"kind": "number", "value": float(plain) if "." in plain else int(plain)}


def fees(paper: Manuscript) -> dict[str, Any]:
    """What the report says of information-processing fees."""
    found: dict[str, Any] = {
        "stated": False,
        "notice_count": None,
        "notice_amount_yuan": None,
        "collected_amount_yuan": None,
    }
    for _, _, sentence in paper.sentences():
        if not sentence.topic.startswith("fees"):
            continue
        values = sentence.fees or tuple(
            sentence.values[name] for name in ("notice_count", "notice_amount", "collected_amount")
        )
        found = {"stated": True, **dict(zip(list(found)[1:], values, strict=True))}
    return found
