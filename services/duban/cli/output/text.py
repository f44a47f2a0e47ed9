"""Findings in words an agency's clerk can act on: what, where, what it should be, why."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Self

import click

from duban.cli.output.public import Entry
from duban.cli.output.words import Words
from duban.domain import basis
from duban.domain.finding import Finding
from duban.domain.form import label_of

_ORDER = {"error": 0, "warning": 1, "info": 2}
_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_CELLS_NAMED = 4


class TextWriter:
    """Writes one block per document and the sums at the end."""

    def __init__(self, remedies: Mapping[str, tuple[str, str]], language: str) -> None:
        self._remedies = remedies
        self._words = Words(language)
        self._english = language == "en"
        self._colours = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._statuses: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None and self._statuses.total() > 1:
            click.echo(self._words.totals(self._statuses, self._severities))

    def write(self, item: Entry) -> None:
        """Write the document's block."""
        self._statuses[item.status] += 1
        click.echo(self._paint(item.source, bold=True))
        for line in self._block(item):
            click.echo(line)
        click.echo()

    def _block(self, item: Entry) -> Iterator[str]:
        words = self._words
        if item.report is None:
            message = item.reason.message if item.reason else ""
            yield f"  {self._paint(words.status(item.status), 'yellow')}：{message}"
            return
        yield f"  {words.identity(item.report, item.media)}"
        for name, why in item.report.doubts.items():
            yield f"  {self._paint(words.untrusted(name), 'yellow')}：{why}"
        ours = [finding for finding in item.findings if finding.blame == "reading"]
        told = [finding for finding in item.findings if finding.blame != "reading"]
        for finding in sorted(told, key=lambda finding: _ORDER[finding.severity]):
            self._severities[finding.severity] += 1
            yield from self._finding(finding)
        if ours:
            yield f"  {words.misread(len(ours))}"
        yield f"  {words.sums(told, item.coverage)}"

    def _finding(self, finding: Finding) -> Iterator[str]:
        words = self._words
        label = self._paint(f"[{words.severity(finding.severity)}]", _COLOURS[finding.severity])
        message = finding.message_en if self._english else finding.message
        yield f"  {label} {message}"
        for name, value in self._particulars(finding):
            yield f"      {words.name(name)}：{value}"

    def _particulars(self, finding: Finding) -> Iterator[tuple[str, str]]:
        where = self._where(finding)
        if where:
            yield "where", where
        if finding.expected is not None and finding.actual is not None:
            yield "values", self._words.values(finding.expected, finding.actual)
        if finding.suspect is not None and finding.suspect.proposed:
            changes = self._words.changes(finding.suspect.proposed)
            yield "proposal", f"{changes}（{finding.suspect.why}）"
        if finding.quote:
            yield "quote", f"“{_shortened(finding.quote)}”"
        if finding.rule in self._remedies:
            yield "remedy", self._remedies[finding.rule][self._english]
        codes = [basis.in_words(code, "en" if self._english else "zh") for code in finding.basis]
        yield "basis", f"{'；'.join(codes)}（{finding.rule}）" if codes else finding.rule

    def _where(self, finding: Finding) -> str:
        place = self._words.place(finding.at)
        cells = finding.suspect.cells if finding.suspect else finding.cells
        named = [label_of(path) for path in cells[:_CELLS_NAMED]]
        if len(cells) > _CELLS_NAMED:
            named.append(self._words.more_cells(len(cells)))
        in_table = self._words.table(cells[0]) if cells else ""
        return "，".join(part for part in (place, in_table + "、".join(named)) if part)

    def _paint(self, text: str, colour: str | None = None, *, bold: bool = False) -> str:
        return click.style(text, fg=colour, bold=bold) if self._colours else text


def _shortened(quote: str, length: int = 120) -> str:
    flat = " ".join(quote.split())
    return flat if len(flat) <= length else flat[:length] + "…"
