"""Python 3.13 takes the indentation out of docstrings, older ones leave it in."""

from __future__ import annotations

import msgspec

from duban.domain.json_schema import schema_of


class Inner(msgspec.Struct):
    description: str


class Outer(msgspec.Struct):
    inner: tuple[Inner, ...]


INDENTED = "What it is.\n\n    `inner`: one line,\n      and one that is set in.\n    "
PLAIN = "What it is.\n\n`inner`: one line,\n  and one that is set in."


def test_descriptions_are_not_indented() -> None:
    Inner.__doc__ = Outer.__doc__ = INDENTED

    made, others = schema_of(Outer)

    assert made == {"$ref": "#/$defs/Outer"}
    assert others["Outer"]["description"] == others["Inner"]["description"] == PLAIN


def test_a_field_of_that_name_is_left_alone() -> None:
    _, others = schema_of(Inner)

    assert others["Inner"]["properties"]["description"] == {"type": "string"}
