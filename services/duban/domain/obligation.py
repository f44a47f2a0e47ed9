"""What an agency owes for a year: until when, and how it stands on a day.

The term follows from rules/deadlines (A49 and local notices), the rest from what was seen.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from duban.domain.doubt_english import english_of
from duban.domain.severity import Severity

Stage = Literal["not_yet_due", "blocked", "absent", "present", "waived", "ended"]
"""How an obligation stands:

`not_yet_due`  the last day has not passed, and nothing was seen yet
`blocked`      the last day has passed, but since then no list was read whole, or something is
               there that could not be fetched, read or assigned: nothing is proved
`absent`       every list of the agency was read whole after the last day, and it is not there
`present`      a report was seen
`waived`       the office waives it, with a reason
`ended`        nothing is owed: the agency ended before the last day, or began after the year
"""


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """Between which two days (ISO, both included) a report was posted.

    `by`: a printed date gives one day; without one, the report was absent when last read before
    `earliest` (None: never read before) and there when first seen on `latest`.
    """

    earliest: str | None
    latest: str
    by: Literal["printed", "bracket"]


class Obligation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One agency's duty to publish its report on one year, on the day it last changed.

    Dates are ISO days in Asia/Shanghai. `due_on` is the last day in time; `basis` names the law
    article or notice that sets it. `working_day_on` is the first working day on or after it, None
    where no official calendar of that year is known. `watched`: the last day passed, or will
    pass, while the agency was watched; absence in years before that only shows a gap.
    `gravity` tells how grave the delay is by rules/deadlines: of a report that was posted late,
    or of one that is absent; None where nothing late is proved. `reminder` is the number of days
    of the last reminder passed, while nothing was seen.
    """

    year: int
    stage: Stage
    due_on: str
    opens_on: str
    basis: str
    watched: bool = True
    working_day_on: str | None = None
    reminder: int | None = None
    gravity: Severity | None = None
    absent_on: str | None = None  # the day whose reading proved the absence and its gravity
    posted: Posted | None = None
    reason: str | None = None  # why it is blocked, waived or ended; one Chinese sentence

    @property
    def reason_en(self) -> str:
        """The reason in English, from the sentence recorded; empty for the words of an office."""
        return english_of(self.reason)
