"""Invented reports for tests of the rules: complete and correct until a change is named."""

from __future__ import annotations

from typing import Any

import msgspec

from duban.domain.form import (
    COLUMNS,
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    PARTS,
    application_rows,
    disclosure_tables,
    regime_of,
)
from duban.domain.place import Place
from duban.domain.report import (
    Cell,
    Fact,
    Fees,
    Passage,
    Regime,
    Report,
    Row,
    Section,
    Table,
    TableName,
)

AGENCY = "云水市青川区柳溪镇人民政府"
_ORDINALS = "一二三四五六七八九十"
#: applications.<row>: natural persons, commercial enterprises; the other columns are 0.
_APPLICATIONS = {
    "new_received": (80, 12),
    "carried_over": (9, 3),
    "results.granted": (31, 6),
    "results.partially_granted": (12, 1),
    "results.refused.third_party_rights": (4, 0),
    "results.refused.process_information": (2, 2),
    "results.not_provided.not_held": (18, 3),
    "results.not_provided.needs_creation": (1, 0),
    "results.not_processed.petition_complaint": (5, 0),
    "results.not_processed.duplicate": (3, 0),
    "results.other.total": (6, 1),
    "results.other.overdue_correction": (2, 0),
    "results.other.other": (4, 1),
    "results.total": (82, 13),
    "carried_forward": (7, 2),
}
_DISPUTES = {
    "reconsideration": (6, 2, 1, 3),
    "litigation_direct": (3, 1, 0, 1),
    "litigation_after_reconsideration": (2, 0, 1, 2),
}


def build(changes: dict[str, Any] | None = None) -> Report:
    """A correct report of an invented town, with the changes of a rule's case file applied.

    Keys: `form`, `year`, `set` (cell → number, null for blank, text, {kind: …}), `drop_rows`,
    `unknown_rows`, `drop_tables`, `table` (name → fields), `row_values` (row → count), `headings`
    ([part, ordinal, heading?]), `pages` (headings stand on pages), `prose` (part → text),
    `facts`, `fees`, `report` (fields).
    """
    given = dict(changes or {})
    year = given.pop("year", 2023)
    form: Regime = given.pop("form", regime_of(year))
    tables: dict[str, Table | None] = {
        "disclosure": _disclosure(form),
        "applications": _applications(form),
        "disputes": _disputes(),
    }
    _change_tables(tables, given)
    fees = Fees(
        stated=True, notice_count=0, notice_amount_yuan=0, collected_amount_yuan=0, parts=(6,)
    )
    report = Report(
        agency=AGENCY,
        agency_source="title",
        year=year,
        title_year=year,
        regime=form,
        title=f"{AGENCY}{year}年政府信息公开工作年度报告",
        published_on=f"{year + 1}-01-20",
        sections=_sections(given.pop("headings", None), page=1 if given.pop("pages", 0) else None),
        tables=tables,
        facts=tuple(_fact(place, fact) for place, fact in enumerate(given.pop("facts", []))),
        fees=msgspec.structs.replace(fees, **given.pop("fees", {})),
        passages=_passages(given.pop("prose", {})),
    )
    fields = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in given.pop("report", {}).items()
    }
    if given:
        raise ValueError(f"unknown keys in a case: {sorted(given)}")
    return msgspec.structs.replace(report, **fields)


def number(value: int | float, place: int = 1) -> Cell:
    """A cell that prints a number."""
    return Cell(kind="number", raw=str(value), value=value, at=Place(table=1, row=place, column=1))


def _disclosure(form: Regime) -> Table:
    cells = {
        f"{row.field}.{column.field}": number(0)
        for table in disclosure_tables(form)
        for row in table.rows
        for column in table.columns
    }
    rows = tuple(
        Row(label=row.label, values=len(table.columns), at=Place(table=1), field=row.field)
        for table in disclosure_tables(form)
        for row in table.rows
    )
    return Table(name="disclosure", at=Place(table=1), cells=cells, rows=rows, value_columns=3)


def _applications(form: Regime) -> Table:
    cells: dict[str, Cell] = {}
    for line, row in enumerate(application_rows(form), start=1):
        natural, commercial = _APPLICATIONS.get(row.field, (0, 0))
        values = (natural, commercial, 0, 0, 0, 0, natural + commercial)
        for place, (column, value) in enumerate(zip(COLUMNS, values, strict=True), start=1):
            at = Place(table=2, row=line, column=place)
            cells[f"{row.field}.{column.field}"] = Cell(
                kind="number", raw=str(value), value=value, at=at
            )
    return _table("applications", cells, form)


def _table(name: TableName, cells: dict[str, Cell], form: Regime) -> Table:
    rows = tuple(
        Row(label=row.label, values=7, at=Place(table=2, row=line), field=row.field)
        for line, row in enumerate(application_rows(form), start=1)
    )
    headers = tuple(column.label for column in COLUMNS)
    return Table(
        name=name,
        at=Place(table=2),
        cells=cells,
        rows=rows,
        leaf_headers=headers,
        value_columns=7,
        balance_note=True,
    )


def _disputes() -> Table:
    cells: dict[str, Cell] = {}
    for group in DISPUTE_GROUPS:
        values = (*_DISPUTES[group.field], sum(_DISPUTES[group.field]))
        for column, value in zip(DISPUTE_COLUMNS, values, strict=True):
            cells[f"{group.field}.{column.field}"] = number(value, len(cells) + 1)
    return Table(
        name="disputes",
        at=Place(table=3),
        cells=cells,
        rows=(Row(label="", values=15, at=Place(table=3, row=4), field="disputes"),),
        leaf_headers=tuple(column.label for column in DISPUTE_COLUMNS) * 3,
        value_columns=15,
    )


def _change_tables(tables: dict[str, Table | None], given: dict[str, Any]) -> None:
    for path, value in given.pop("set", {}).items():
        name, _, rest = path.partition(".")
        table = tables[name]
        assert table is not None, path
        assert rest in table.cells, path
        tables[name] = msgspec.structs.replace(
            table, cells={**table.cells, rest: _cell(value, table.cells[rest])}
        )
    for path in given.pop("drop_rows", []):
        _drop_row(tables, path)
    for row, count in given.pop("row_values", {}).items():
        _recount(tables, row, count)
    for label in given.pop("unknown_rows", []):
        table = tables["applications"]
        assert table is not None
        extra = Row(label=label, values=7, at=Place(table=2, row=len(table.rows) + 1))
        tables["applications"] = msgspec.structs.replace(table, rows=(*table.rows, extra))
    for name, fields in given.pop("table", {}).items():
        table = tables[name]
        assert table is not None
        fields = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        tables[name] = msgspec.structs.replace(table, **fields)
    for name in given.pop("drop_tables", []):
        tables[name] = None


def _cell(value: Any, old: Cell) -> Cell:
    if value is None:
        return Cell(kind="blank", raw="", at=old.at)
    if isinstance(value, dict):
        return Cell(**{"raw": "", "at": old.at, **value})
    if isinstance(value, str):
        kind = "mark" if value in "/-—无" else "text"
        return Cell(kind=kind, raw=value, at=old.at)  # type: ignore[arg-type]
    return Cell(kind="number", raw=str(value), value=value, at=old.at)


def _drop_row(tables: dict[str, Table | None], path: str) -> None:
    name, _, field = path.partition(".")
    table = tables[name]
    assert table is not None
    tables[name] = msgspec.structs.replace(
        table,
        cells={key: c for key, c in table.cells.items() if key.rpartition(".")[0] != field},
        rows=tuple(row for row in table.rows if row.field != field),
        missing=(*table.missing, field),
    )


def _recount(tables: dict[str, Table | None], path: str, count: int) -> None:
    name, _, field = path.partition(".")
    table = tables[name]
    assert table is not None
    rows = tuple(
        msgspec.structs.replace(row, values=count) if row.field == field else row
        for row in table.rows
    )
    tables[name] = msgspec.structs.replace(
        table, rows=rows, value_columns=max(row.values for row in rows)
    )


def _sections(headings: list[list[Any]] | None, page: int | None) -> tuple[Section, ...]:
    """Headings as [part, ordinal, text]; part and ordinal may be null, the text left out."""
    if headings is None:
        headings = [[part, part] for part in range(1, 7)]
    sections = []
    for line, (part, ordinal, *text) in enumerate(headings, start=1):
        words = text[0] if text else PARTS[part - 1]
        shown = f"{_ORDINALS[ordinal - 1]}、{words}" if ordinal else words
        sections.append(
            Section(
                heading=shown,
                at=Place(line=line, page=page),
                part=part,
                ordinal=ordinal,
                style="一、" if ordinal else None,
            )
        )
    return tuple(sections)


def _passages(prose: dict[Any, str]) -> tuple[Passage, ...]:
    texts = {
        1: "本年度通过政府网站和公众号主动公开政府信息。",
        5: "存在的主要问题是更新不够及时。下一步将加强培训，改进工作。",
        6: "本年度未收取信息处理费。",
    }
    texts.update({int(part): text for part, text in prose.items()})
    return tuple(
        Passage(text=text, at=Place(line=100 + part), part=part or None)
        for part, text in sorted(texts.items())
        if text
    )


def _fact(place: int, given: dict[str, Any]) -> Fact:
    """A fact; by default all of a case stand in one sentence, each with its own quote."""
    fields = {key: tuple(v) if isinstance(v, list) else v for key, v in given.items()}
    name, value = fields["name"], fields["value"]
    defaults: dict[str, Any] = {
        "quote": f"{name}{value}件",
        "at": Place(line=50 + place),
        "part": 1,
        "paragraph": 1,
        "sentence": 1,
        "clause": 1,
    }
    return Fact(**{**defaults, **fields})
