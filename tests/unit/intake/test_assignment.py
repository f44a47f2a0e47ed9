"""Whose report it is: the list stands against the title, and nothing is guessed."""

from __future__ import annotations

import pytest

from duban.domain.agency import Agency
from duban.domain.event import ReportPosted
from duban.domain.place import Place
from duban.domain.report import Passage, Reason, Report
from duban.intake.assignment import Assignment, assign, shown_year
from duban.intake.roster import Roster

FINANCE = Agency(
    id="f", name="望岚县财政局", kind="dept_county", short_names=("县财政局",),
    former_names=("望岚县财税局",),
)  # fmt: skip
COUNTY = Agency(id="c", name="望岚县人民政府", kind="county_gov")
OFFICE = Agency(id="o", name="望岚县人民政府办公室", kind="gov_office")
ROSTER = Roster((FINANCE, COUNTY, OFFICE))


def posted(**changes) -> ReportPosted:
    return ReportPosted(
        sha256="0" * 64, bytes=1, source=changes.pop("source", "crawler"), **changes
    )


def report(agency: str | None, year: int | None, *lines: str, **changes) -> Report:
    passages = tuple(Passage(text=text, at=Place(line=1)) for text in lines)
    return Report(
        agency=agency, year=year, title_year=year, regime="R2021", passages=passages, **changes
    )


BODY_2023 = (
    "2023年，我局收到申请3件。",
    "2023年公开信息100条。",
    "2023年无复议。",
    "2024年将改进。",
)


def test_the_list_says_whose_report_it_is():
    hinted = posted(agency_hint="f", year_hint=2023)

    assert assign(hinted, report("望岚县财政局", 2023), ROSTER) == Assignment("f", 2023, "list")


def test_a_title_with_another_name_is_left_to_the_rules():
    hinted = posted(agency_hint="f", year_hint=2023)

    assert assign(hinted, report("望岚县教育局", 2023), ROSTER) == Assignment("f", 2023, "list")


def test_without_a_hint_the_title_tells():
    assert assign(posted(), report("望岚县财政局", 2023), ROSTER) == Assignment("f", 2023, "title")


def test_a_hint_that_the_roster_does_not_know_is_no_hint():
    found = assign(posted(agency_hint="gone", year_hint=2023), report("县财政局", 2023), ROSTER)

    assert found == Assignment("f", 2023, "title")


def test_what_an_officer_says_stands():
    upload = posted(source="upload", agency_hint="f", year_hint=2020)

    assert assign(upload, report("x", 2023, *BODY_2023, signed_on="2024-01-05"), ROSTER) == (
        Assignment("f", 2020, "officer")
    )


@pytest.mark.parametrize("name", [None, "某省教育厅", "财政局", "人民政府"])
def test_an_unknown_or_doubtful_name_is_unassigned(name):
    found = assign(posted(), report(name, 2023), ROSTER)

    assert isinstance(found, Reason)
    assert found.code == "unassigned"


def test_without_any_year_it_is_unassigned():
    found = assign(posted(agency_hint="f"), report("望岚县财政局", None), ROSTER)

    assert isinstance(found, Reason)
    assert "年度" in found.message


class TestTheYear:
    def year(self, hint, title, lines=(), published=None, signed=None) -> int | None:
        found = assign(
            posted(agency_hint="f", year_hint=hint, published_on=published),
            report("望岚县财政局", title, *lines, signed_on=signed),
            ROSTER,
        )
        return found.year if isinstance(found, Assignment) else None

    def test_a_wrong_year_in_the_title_gives_way_to_two_that_agree(self):
        assert self.year(2022, 2022, BODY_2023, published="2024-01-20") == 2023
        assert self.year(2022, 2022, BODY_2023, signed="2024-01-20") == 2023

    def test_one_alone_is_not_enough(self):
        assert self.year(2022, 2022, BODY_2023) == 2022
        assert self.year(2022, 2022, (), signed="2024-01-20") == 2022

    def test_a_title_one_year_behind_its_posting_waits_for_an_officer(self):
        assert self.year(2022, 2022, (), published="2024-01-20") is None
        assert self.year(2022, 2022, (), published="2024-01-20", signed="2024-01-19") is None

    def test_a_late_report_keeps_its_year_where_the_text_names_it(self):
        assert self.year(2023, 2023, BODY_2023, published="2025-01-20") == 2023
        assert self.year(2023, 2023, BODY_2023, published="2025-01-20", signed="2025-01-20") == 2023

    def test_a_gap_filled_years_later_keeps_its_year(self):
        assert self.year(2022, 2022, (), published="2025-02-17", signed="2025-02-16") == 2022

    def test_a_report_moved_to_another_site_years_later_keeps_its_year(self):
        assert self.year(2019, 2019, (), published="2024-03-01") == 2019

    def test_a_text_that_speaks_of_two_years_shows_none(self):
        lines = ("2023年收到3件。", "2022年收到2件。", "2023年公开。", "2022年公开。")

        assert self.year(2022, 2022, lines, published="2024-09-20") == 2022

    def test_a_date_late_in_the_year_tells_nothing(self):
        assert self.year(2022, 2022, BODY_2023, published="2024-09-20") == 2022

    def test_without_any_claim_two_that_agree_are_enough(self):
        assert self.year(None, None, BODY_2023, published="2024-01-20") == 2023
        assert self.year(None, None, BODY_2023) is None


@pytest.mark.parametrize(
    ("lines", "year"),
    [
        (("统计期限为2023年1月1日至2023年12月31日。", "2022年收到3件，2022年办结。"), 2023),
        (("编制2022年度报告。", "2023年将进一步完善。"), 2022),
        (("2023年，我们将改进。",), None),
        (("2024年1月9日",), None),
        ((), None),
        (("2022年收到5件。", "2023年收到3件。"), None),
    ],
)
def test_the_year_a_text_speaks_of(lines, year):
    assert shown_year(report("x", None, *lines)) == year
