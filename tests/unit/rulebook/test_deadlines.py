"""Deadlines are reviewed data: what is right is used, what is wrong is told with file and key."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from duban import assets
from duban.adapters.holidays import days_off
from duban.domain.agency import KINDS
from duban.errors import RuleError
from duban.rulebook.almanac import Almanac
from duban.rulebook.deadlines import load, schema

FOLDER = assets.find("rules") / "deadlines"
LAW = load(assets.find("rules"), days_off)
LOCAL = {
    "title": {"zh": "试验市通知", "en": "Notice of a made-up city"},
    "kinds": ["dept_county", "town_gov"],
    "years": "2024-2025",
    "due": "01-20",
    "basis": "试政办函〔2024〕1号",
    "text": {"zh": "县直部门和乡镇1月20日前公布。", "en": "By 20 January."},
    "region": "3499",
    "author": "王五",
    "reason": "市政府办公室通知",
    "until": "2026-12-31",
}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    shutil.copytree(FOLDER, tmp_path / "deadlines")
    return tmp_path


def written(rules: Path, name: str, entry: object) -> Path:
    path = rules / "deadlines" / name
    path.write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")
    return path


def with_local(rules: Path, **changes: object) -> Almanac:
    written(rules, "local.yaml", {**LOCAL, **changes})
    return load(rules, days_off)


def test_every_kind_of_agency_has_a_term_for_every_year_from_2019_on() -> None:
    for kind in KINDS:
        years = [term.year for term in LAW.terms(kind, "110101", 2026)]
        assert years == list(range(2019, 2026)), kind


def test_the_shipped_files_fit_the_schema() -> None:
    for path in FOLDER.glob("*.yaml"):
        if path.name != "calendar.yaml":
            entry = yaml.safe_load(path.read_text("utf-8"))
            jsonschema.validate(json.loads(json.dumps(entry, default=str)), schema())


def test_the_schema_is_the_one_checked_in() -> None:
    kept = json.loads((assets.find("schemas") / "deadline.v1.json").read_text("utf-8"))

    assert kept == json.loads(json.dumps(schema()))


def test_a_local_notice_holds_in_its_region_for_its_years(rules: Path) -> None:
    almanac = with_local(rules)

    def due(region: str, year: int, kind: str = "dept_county") -> str:
        term = almanac.term(kind, region, year)
        assert term is not None
        return term.due_on

    assert due("349901", 2024) == "2025-01-20"
    assert due("340101", 2024) == due("", 2024) == "2025-01-31"
    assert due("349901", 2023) == "2024-01-31"
    assert due("349901", 2026) == "2027-01-31"
    assert due("349901", 2024, "county_gov") == "2025-03-31"


def test_a_local_notice_ends_with_its_last_day(rules: Path) -> None:
    almanac = with_local(rules, until="2025-12-31")

    term = almanac.term("dept_county", "349901", 2025)

    assert term is not None
    assert term.due_on == "2026-01-31"


@pytest.mark.parametrize(
    ("kind", "day", "gravity"),
    [
        ("dept_county", "2025-01-20", None),
        ("dept_county", "2025-01-21", "warning"),
        ("dept_county", "2025-01-31", "warning"),
        ("dept_county", "2025-02-05", "warning"),
        ("dept_county", "2025-02-08", "error"),
        ("town_gov", "2025-01-21", "warning"),
        ("town_gov", "2025-03-31", "warning"),
        ("town_gov", "2025-04-01", "error"),
    ],
)
def test_later_than_a_local_date_is_a_warning_than_the_statutory_one_an_error(
    rules: Path, kind: str, day: str, gravity: str | None
) -> None:
    almanac = with_local(rules)
    term = almanac.term(kind, "349901", 2024)
    assert term is not None

    assert almanac.gravity(term, day) == gravity


def test_the_narrower_region_wins_then_the_later_year(rules: Path) -> None:
    written(rules, "county.yaml", {**LOCAL, "region": "349901", "due": "01-10"})
    written(rules, "next.yaml", {**LOCAL, "years": "2025", "due": "01-15"})
    almanac = with_local(rules)

    due = {
        (region, year): almanac.term("town_gov", region, year).due_on[5:]
        for region in ("349901", "349902")
        for year in (2024, 2025)
    }

    assert due == {
        ("349901", 2024): "01-10",
        ("349901", 2025): "01-10",
        ("349902", 2024): "01-20",
        ("349902", 2025): "01-15",
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"due": "02-30"}, ["local.yaml", "$.due", "'02-30'", "01-31"]),
        ({"due": "02-29"}, ["local.yaml", "$.due", "01-31"]),
        ({"due": "1-31"}, ["$.due"]),
        ({"due": 131}, ["$.due"]),
        ({"due": "04-01"}, ["$.due", "不得晚于", "01-31"]),
        ({"grave_after": "01-19"}, ["$.grave_after", "不早于", "01-20"]),
        ({"years": "always"}, ["$.years", "2019+"]),
        ({"years": "2025-2024"}, ["$.years"]),
        ({"years": "2010+"}, ["$.kinds", "年度"]),
        ({"kinds": ["school"]}, ["$.kinds", "'school'", "town_gov"]),
        ({"kinds": []}, ["$.kinds", "至少一种"]),
        ({"region": "三明"}, ["$.region", "数字"]),
        ({"region": ""}, ["$.grave_after"]),
        ({"region": "", "grave_after": "01-31"}, ["$.region", "地方通知"]),
        ({"author": None}, ["$.author", "由谁"]),
        ({"reason": ""}, ["$.reason"]),
        ({"until": None}, ["$.until", "2027-12-31"]),
        ({"until": "soon"}, ["$.until", "'soon'"]),
        ({"colour": "red"}, ["colour", "允许的键"]),
        ({"basis": None}, ["$.basis"]),
    ],
)
def test_a_fault_is_told_with_file_key_and_what_is_expected(
    rules: Path, changes: dict[str, object], expected: list[str]
) -> None:
    with pytest.raises(RuleError) as told:
        with_local(rules, **changes)

    for words in ("local.yaml", *expected):
        assert words in str(told.value)


def test_a_missing_key_is_named(rules: Path) -> None:
    written(rules, "local.yaml", {key: LOCAL[key] for key in LOCAL if key != "due"})

    with pytest.raises(RuleError, match="缺少键 due"):
        load(rules, days_off)


def test_two_terms_with_an_equal_claim_are_refused(rules: Path) -> None:
    written(rules, "same.yaml", {**LOCAL, "kinds": ["town_gov"], "due": "01-25"})

    with pytest.raises(RuleError, match=r"town_gov 同样适用"):
        with_local(rules)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("reminders", [], "至少一个天数"),
        ("reminders", [0], "不小于 1"),
        ("lenient_days", -1, "不小于 0"),
        ("opens", "13-01", "01-31"),
        ("version", 2026.1, "version"),
    ],
)
def test_a_fault_in_what_holds_for_all_is_told(rules: Path, key, value, expected) -> None:
    path = rules / "deadlines" / "calendar.yaml"
    heading = {**yaml.safe_load(path.read_text("utf-8")), key: value}
    written(rules, "calendar.yaml", heading)

    with pytest.raises(RuleError, match=r"calendar\.yaml.*") as told:
        load(rules, days_off)
    assert expected in str(told.value)


def test_rules_without_deadlines_are_told(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"calendar\.yaml：无法读取"):
        load(tmp_path, days_off)

    (tmp_path / "deadlines").mkdir()
    shutil.copy(FOLDER / "calendar.yaml", tmp_path / "deadlines")
    with pytest.raises(RuleError, match="没有一个期限"):
        load(tmp_path, days_off)


class TestWorkingDays:
    @pytest.mark.parametrize(
        ("day", "expected"),
        [
            ("2024-01-31", "2024-01-31"),
            ("2025-01-31", "2025-02-05"),  # Spring Festival
            ("2024-02-04", "2024-02-04"),  # a Sunday that was worked
            ("2026-01-31", "2026-02-02"),
            ("2027-01-31", None),  # no notice known
            ("2019-01-31", None),  # before the first last day
        ],
    )
    def test_weekends_holidays_and_days_worked_instead(self, day, expected) -> None:
        assert LAW.working_day(day) == expected

    def test_of_a_year_nobody_has_announced_a_short_delay_is_no_more_than_a_note(self) -> None:
        """31 January 2027 is a Sunday; the days after it may be holidays, for all we know."""
        term = LAW.term("dept_county", "", 2026)
        assert term is not None

        assert term.working_day_on is None
        assert LAW.gravity(term, "2027-01-31") is None
        assert LAW.gravity(term, "2027-02-01") == "info"
        assert LAW.gravity(term, "2027-02-07") == "info"
        assert LAW.gravity(term, "2027-02-08") == "error"

    @pytest.mark.parametrize(
        ("day", "expected"),
        [("2026-02-01", None), ("2026-04-01", None), ("2026-11-21", 2027), ("2027-01-31", 2027)],
    )
    def test_a_year_that_nobody_has_announced_is_told_when_it_comes_near(
        self, day: str, expected: int | None
    ) -> None:
        known = load(assets.find("rules"), lambda first: dict.fromkeys(range(first, 2027), ()))

        assert known.unknown_year(day) == expected

    def test_the_last_year_known_is_told(self) -> None:
        assert LAW.holidays_until == max(days_off(2020))
        assert load(assets.find("rules"), lambda first: {}).holidays_until == 0


DAYS = st.dates(date(2019, 1, 1), date(2045, 1, 1)).map(lambda day: day.isoformat())


@given(kind=st.sampled_from(KINDS), year=st.integers(2019, 2040), days=st.lists(DAYS, max_size=8))
def test_a_delay_never_grows_milder_with_the_days(kind, year, days) -> None:
    term = LAW.term(kind, "", year)
    order = (None, "info", "warning", "error")

    grades = [order.index(LAW.gravity(term, day)) for day in sorted(days)]

    assert grades == sorted(grades)
    assert LAW.gravity(term, term.due_on) is None
