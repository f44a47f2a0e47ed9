"""Where something stands in a document."""

from __future__ import annotations

import msgspec


# A report has hundreds: the collector need not follow what can hold nothing that leads back.
class Place(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True, gc=False):
    """A place in the most exact terms the format allows; every count starts at 1.

    `line` counts lines of a text file or paragraphs of a flow format. `table` counts the
    tables of the document in reading order, `row` and `column` are grid positions after
    spans were resolved. `box` is (x0, y0, x1, y1) in points from the top left of `page`.
    """

    line: int | None = None
    table: int | None = None
    row: int | None = None
    column: int | None = None
    page: int | None = None
    box: tuple[float, float, float, float] | None = None
