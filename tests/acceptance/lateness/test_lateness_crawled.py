"""The same with the real crawler: what a portal shows, fails to show, and shows too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lateness_portal import CrawledOffice, crawled

NEXT = '<a href="/list_2.html">下一页</a>'


@pytest.fixture
def office(tmp_path: Path) -> Iterator[CrawledOffice]:
    with crawled(tmp_path) as office:
        office.portal.posts(2023, "2024-01-20")
        office.portal.lists(2023)
        yield office


def test_a_walk_over_midnight_of_the_last_day_accuses_nobody(office: CrawledOffice) -> None:
    """The report is posted on the first page a minute before midnight, after it was read."""
    office.portal.lists(2023, more=NEXT)
    office.portal.lists(2023, path="/list_2.html")
    office.looks("2025-01-20 09:00")

    def posted_in_the_last_minute() -> None:
        office.portal.posts(2024)
        office.portal.lists(2024, 2023, more=NEXT)
        office.clock.move(timedelta(minutes=5))

    office.portal.before["/list_2.html"] = posted_in_the_last_minute
    office.looks("2025-01-31 23:58")
    assert office.about(2024) == ("blocked", ())

    office.looks("2025-02-01 09:00")
    assert office.about(2024) == ("present", ())


def test_a_list_whose_second_page_fails_proves_nothing(office: CrawledOffice) -> None:
    office.portal.lists(2023, more=NEXT)
    office.portal.pages["/list_2.html"] = (500, "")
    for day in ("2025-01-20", "2025-02-10", "2025-02-20"):
        office.looks(f"{day} 09:00")
    assert office.about(2024) == ("blocked", ())

    office.portal.lists(2023, path="/list_2.html")
    office.looks("2025-02-21 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))


def test_a_list_that_lost_its_content_proves_nothing(office: CrawledOffice) -> None:
    office.looks("2025-01-20 09:00")
    office.portal.lists()
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("blocked", ())


def test_a_login_page_in_place_of_the_list_proves_nothing(office: CrawledOffice) -> None:
    office.looks("2025-01-20 09:00")
    office.portal.pages["/list.html"] = (
        200,
        "<html><head><title>用户登录</title></head><body>请登录</body></html>",
    )
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("blocked", ())


def test_a_dead_link_announces_a_report_that_may_be_in_time(office: CrawledOffice) -> None:
    office.looks("2025-01-20 09:00")
    office.portal.lists(2024, 2023)
    office.looks("2025-01-25 09:00")
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("blocked", ())
    assert "列出" in str(office.shown().rows[0].obligation)

    office.portal.posts(2024)
    office.looks("2025-02-20 09:00")
    assert office.about(2024) == ("present", ())


def test_a_dead_link_taken_away_and_mended_after_the_last_day_is_not_late(
    office: CrawledOffice,
) -> None:
    office.looks("2025-01-20 09:00")
    office.portal.lists(2024, 2023)
    office.looks("2025-01-25 09:00")
    office.portal.lists(2023)
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))

    office.portal.posts(2024)
    office.portal.lists(2024, 2023)
    office.looks("2025-02-12 09:00")
    assert office.about(2024) == ("present", ())


def test_two_readings_after_the_last_day_prove_a_delay(office: CrawledOffice) -> None:
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))

    office.portal.posts(2024)
    office.portal.lists(2024, 2023)
    office.looks("2025-02-12 09:00")
    assert office.about(2024) == ("present", ("2024 DL-DEPT error",))


def test_a_withdrawn_report_is_missing_and_its_return_is_in_time(office: CrawledOffice) -> None:
    office.portal.posts(2024, "2025-01-15")
    office.portal.lists(2024, 2023)
    office.looks("2025-01-20 09:00")
    del office.portal.pages["/2024.html"]
    office.portal.lists(2023)
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))
    assert "撤下" in "".join(office.shown().messages)

    office.portal.posts(2024, "2025-01-15")
    office.portal.lists(2024, 2023)
    office.looks("2025-02-12 09:00")
    assert office.about(2024) == ("present", ())


def test_a_list_that_drops_a_link_whose_page_still_stands_accuses_nobody(
    office: CrawledOffice,
) -> None:
    office.portal.posts(2024, "2025-01-15")
    office.portal.lists(2024, 2023)
    office.looks("2025-01-20 09:00")
    office.portal.lists(2023)
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("present", ())


def test_a_reading_of_ours_that_failed_and_is_retried_makes_nobody_late(
    office: CrawledOffice,
) -> None:
    office.looks("2025-01-20 09:00")
    office.faults = 1
    office.portal.posts(2024)
    office.portal.lists(2024, 2023)
    office.looks("2025-01-30 09:00")
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("blocked", ())

    office.at("2025-02-20 09:00")
    office.retry()
    assert office.about(2024) == ("present", ())
    assert "2025年1月20日至2025年1月30日" in "".join(office.shown().messages)


def test_a_retried_reading_does_not_bring_back_what_was_withdrawn(office: CrawledOffice) -> None:
    office.looks("2025-01-20 09:00")
    office.faults = 1
    office.portal.posts(2024, "2025-01-29")
    office.portal.lists(2024, 2023)
    office.looks("2025-01-30 09:00")
    del office.portal.pages["/2024.html"]
    office.portal.lists(2023)
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))

    office.at("2025-02-11 09:00")
    office.retry()
    office.looks("2025-02-12 09:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))
    assert "撤下" in "".join(office.shown().messages)


def test_the_page_of_the_year_before_with_a_new_report_on_it(office: CrawledOffice) -> None:
    """One address that always bears the newest report; the old one is there no more."""
    office.looks("2025-01-20 09:00")
    link = '<li><a href="/2023.html">政府信息公开工作年度报告（最新）</a></li>'
    office.portal.posts(2024, "2025-01-25")
    office.portal.pages["/2023.html"] = office.portal.pages.pop("/2024.html")
    office.portal.pages["/list.html"] = (200, f"<html><body><ul>{link}</ul></body></html>")
    office.looks("2025-01-26 09:00")
    assert office.about(2024) == ("present", ())
    assert not any("YOY-CARRY" in one for one in office.shown().open)


def test_a_look_on_a_day_that_nobody_knows_proves_no_absence(office: CrawledOffice) -> None:
    """The clock was ahead and was put right: time stands still at a day that is yet to come."""
    office.looks("2025-01-20 09:00")
    office.knows_day = False
    office.looks("2025-02-10 09:00")
    assert office.about(2024) == ("blocked", ())

    office.knows_day = True
    office.looks("2025-02-10 10:00")
    assert office.about(2024) == ("absent", ("2024 DL-MISSING error",))
