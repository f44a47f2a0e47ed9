"""The three forms of output, each written document by document to standard output."""

from __future__ import annotations

from typing import Protocol, Self

import click
import msgspec

from duban.cli.output.format import Format
from duban.cli.output.public import FORMAT, Entry, RulebookName
from duban.cli.output.text import TextWriter
from duban.rulebook import Rulebook


class Writer(Protocol):
    """Takes entries one by one; entering and leaving write what stands around them."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...

    def write(self, item: Entry) -> None: ...


class JsonWriter:
    """One object, complete when the last document is done."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = RulebookName(rulebook.version, rulebook.sha256)
        self._count = 0

    def __enter__(self) -> Self:
        name = msgspec.json.encode(self._rulebook).decode()
        click.echo(f'{{"format": "{FORMAT}", "rulebook": {name}, "documents": [', nl=False)
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:  # an interrupted run must not look like a whole one
            click.echo("\n]}")

    def write(self, item: Entry) -> None:
        """Add one document."""
        text = msgspec.json.format(msgspec.json.encode(item), indent=1).decode()
        click.echo(("," if self._count else "") + "\n" + text, nl=False)
        self._count += 1


class LineWriter:
    """One line per document, as soon as it and those before it are done."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass

    def write(self, item: Entry) -> None:
        """Write the document's line at once."""
        click.echo(msgspec.json.encode(item).decode())


def writer(form: Format, rulebook: Rulebook, language: str) -> Writer:
    """The writer for an output format."""
    if form == "json":
        return JsonWriter(rulebook)
    if form == "ndjson":
        return LineWriter()
    remedies = {rule.id: (rule.remedy.zh, rule.remedy.en) for rule in rulebook.rules}
    return TextWriter(remedies, language)
