"""What was read against the truth: an empty list, or every difference."""

from __future__ import annotations

from dataclasses import dataclass

from layout_html import iso
from layout_truth import Truth, meaning

from duban.reading.reader import read


@dataclass(frozen=True)
class Allow:
    """What a layout truly loses: cells that may be unreadable, ordinals, the two dates."""

    unreadable: tuple[str, ...] = ()
    ordinals: bool = True
    published: bool = True
    signed: bool = True


def differences(data: bytes, truth: Truth, allow: Allow) -> list[str]:
    reading = read(data).reading
    report = reading.report
    if report is None:
        return [f"no report: {reading.status} {reading.reason}"]
    wrong = []
    told = {
        "agency": (report.agency, truth.agency),
        "year": (report.year, truth.year),
        "regime": (report.regime, truth.regime),
        "title": ("".join((report.title or "").split()), truth.title),
        "parts": ([s.part for s in report.sections], [1, 2, 3, 4, 5, 6]),
    }
    if allow.ordinals:
        told["ordinals"] = ([s.ordinal for s in report.sections], [1, 2, 3, 4, 5, 6])
    if allow.published:
        told["published"] = (report.published_on, iso(truth.published))
    if allow.signed:
        told["signed"] = (report.signed_on, iso(truth.signed) if truth.signed else None)
        told["signatory"] = (report.signatory, truth.agency if truth.signed else None)
    wrong += [f"{name}: {got!r} for {true!r}" for name, (got, true) in told.items() if got != true]
    wrong += _prose(report.sections, truth)
    cells = {
        f"{name}.{path}": cell
        for name, table in report.tables.items()
        if table is not None
        for path, cell in table.cells.items()
    }
    for name, table in report.tables.items():
        if table is None:
            wrong.append(f"table {name} not found")
        elif table.missing or any(row.field is None for row in table.rows):
            unknown = [row.label for row in table.rows if row.field is None]
            wrong.append(f"table {name}: missing {table.missing}, unknown {unknown}")
    for path, text in truth.cells.items():
        cell = cells.pop(path, None)
        kind, value = meaning(text)
        if cell is None:
            wrong.append(f"{path}: lost ({text!r})")
        elif cell.kind == "unreadable" and path.startswith(allow.unreadable or ("-",)):
            continue
        elif (cell.kind, cell.value) != (kind, value):
            wrong.append(f"{path}: {cell.kind} {cell.raw!r} ({cell.note}) for {text!r}")
    wrong += [f"{path}: invented {cell.raw!r}" for path, cell in cells.items()]
    return wrong


def _prose(sections: object, truth: Truth) -> list[str]:
    found = {s.part: "".join(s.text.split()) for s in sections}  # type: ignore[attr-defined]
    return [
        f"part {number}: {found.get(number, '')[:80]!r}"
        for number, texts in enumerate(truth.prose, 1)
        if not all("".join(text.split()) in found.get(number, "") for text in texts)
    ]
