"""The JSON Schema of the check output; `python -m duban.cli.output.schema` prints it."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from duban.cli.output.public import CheckOutput
from duban.domain.json_schema import schema_of


def check_schema() -> dict[str, Any]:
    """The schema of `--format json`; a line of ndjson is its `$defs/Entry`."""
    made, others = schema_of(CheckOutput)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "duban.check/1",
        **made,
        "$defs": others,
    }


def as_file(schema: dict[str, Any]) -> str:
    """A schema laid out as it is checked in under `schemas/`."""
    return msgspec.json.format(msgspec.json.encode(schema), indent=2).decode() + "\n"


if __name__ == "__main__":
    click.echo(as_file(check_schema()), nl=False)
