"""Rosters: what is right is loaded, what is wrong is told with line, key and what is expected."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import jsonschema
import msgspec
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.crawler.registration import register, registered
from duban.crawler.roster import load, roster_schema
from duban.crawler.roster_field import LEVELS
from duban.domain.agency import KINDS, Agency, Waiver
from duban.errors import RosterError
from duban.testing.clock import MovableClock

HEAD = "format: duban.roster/1\nsite: http://www.a.gov.cn\nagencies:\n"
ONE = "- id: a1\n  name: 望岚县财政局\n  kind: dept_county\n"


def written(folder: Path, text: str, name: str = "roster.yaml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_roster_in_yaml(tmp_path):
    entry = ONE + "  columns: [/gknb/list.html, 'https://b.gov.cn/x']\n  valid_from: 2019-05-15\n"

    [agency] = load(written(tmp_path, HEAD + entry))

    assert agency == Agency(
        id="a1",
        name="望岚县财政局",
        kind="dept_county",
        columns=("http://www.a.gov.cn/gknb/list.html", "https://b.gov.cn/x"),
        valid_from="2019-05-15",
    )


def test_a_roster_in_csv(tmp_path):
    text = (
        "\ufeffid,name,kind,short_names,columns,parent\n"
        "a1,望岚县人民政府,county_gov,,http://a.gov.cn/1|http://a.gov.cn/2,\n\n"
        'a2,望岚县财政局,dept_county,"财政局|县财政局",,a1\n'
    )

    first, second = load(written(tmp_path, text, "roster.csv"))

    assert first.columns == ("http://a.gov.cn/1", "http://a.gov.cn/2")
    assert (second.parent, second.short_names) == ("a1", ("财政局", "县财政局"))


def test_life_heir_power_and_waivers_of_an_agency_in_both_kinds_of_file(tmp_path):
    old = (
        "- id: a2\n  name: 望岚县粮食局\n  kind: dept_county\n  level: county\n"
        "  valid_to: 2024-03-20\n  merged_into: a1\n  has_rule_power: true\n"
        "  credit_code: 11110000MB1234567X\n"
        "  waived:\n  - {year: 2022, reason: 机构改革，并入报告}\n"
    )
    text = (
        "id,name,kind,level,valid_to,merged_into,has_rule_power,credit_code,waived\n"
        "a1,望岚县财政局,dept_county,,,,否,,\n"
        "a2,望岚县粮食局,dept_county,county,2024-03-20,a1,是,11110000MB1234567X,"
        "2022：机构改革，并入报告\n"
    )

    expected = Agency(
        id="a2",
        name="望岚县粮食局",
        kind="dept_county",
        level="county",
        valid_to="2024-03-20",
        merged_into="a1",
        has_rule_power=True,
        credit_code="11110000MB1234567X",
        waived=(Waiver(2022, "机构改革，并入报告"),),
    )
    assert load(written(tmp_path, HEAD + ONE + old))[1] == expected
    assert load(written(tmp_path, text, "roster.csv"))[1] == expected


def test_another_site_may_be_given_for_relative_columns(tmp_path):
    path = written(tmp_path, HEAD + ONE + "  columns: [/x]\n")

    assert load(path, "http://127.0.0.1:8123")[0].columns == ("http://127.0.0.1:8123/x",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + ONE + ONE, ["第 7 行 id", "“a1”重复", "第 8 行 name"]),
        (HEAD + ONE + "  parent: nobody\n", ["第 7 行 parent", "“nobody”不在名录中"]),
        (HEAD + ONE + "  parent: a1\n", ["第 7 行 parent", "绕回到它自己"]),
        (HEAD + ONE.replace("dept_county", "school"), ["第 6 行 kind", "“school”不对", "town_gov"]),
        (HEAD + ONE + "  valid_from: 2024-02-30\n", ["第 7 行 valid_from", "2024-01-31"]),
        (HEAD + ONE + "  valid_from: 2024-02-03\n  valid_to: 2023-01-01\n", ["第 8 行 valid_to"]),
        (HEAD + ONE + "  columns: ['ftp://x/']\n", ["第 7 行 columns", "http://"]),
        (HEAD.replace("site: http://www.a.gov.cn\n", "") + ONE + "  columns: [/x]\n", ["site"]),
        (HEAD + ONE + "  columns: http://x/\n", ["第 7 行 columns", "列表"]),
        (HEAD + ONE + "  hosts: ['http://x/']\n", ["第 7 行 hosts", "主机名"]),
        (HEAD + ONE + "  colour: red\n", ["第 7 行 colour", "不认识的键", "columns"]),
        (HEAD + "- id: a1\n", ["第 4 行 name：缺少", "第 4 行 kind：缺少"]),
        (HEAD + ONE + "  name: x\n", ["第 7 行", "name 重复"]),
        (HEAD + ONE.replace("a1", "'*'"), ["第 4 行 id"]),
        (HEAD + "- text\n", ["第 4 行", "键: 值"]),
        (HEAD + "  - [unclosed\n", ["YAML"]),
        (HEAD + "  []\n", ["没有一个机关"]),
        ("agencies: []\n", ["format 应为 duban.roster/1"]),
        ("", ["format"]),
        (HEAD + ONE + "  region: 大兴\n", ["第 7 行 region", "数字"]),
        (HEAD.replace("http://www.a.gov.cn", "www") + ONE, ["第 2 行 site"]),
        (HEAD + ONE + ONE, ["第 7 行 id：“a1”重复（第 4 行已有）"]),
        (HEAD + ONE + "  level: city\n", ["第 7 行 level", "“city”不对", "prefecture"]),
        (HEAD + ONE + "  credit_code: '1234'\n", ["第 7 行 credit_code", "18 位"]),
        (HEAD + ONE + "  has_rule_power: maybe\n", ["第 7 行 has_rule_power", "true"]),
        (
            HEAD + ONE + "  valid_to: 2024-01-01\n  merged_into: a9\n",
            ["第 8 行 merged_into", "“a9”不在名录中"],
        ),
        (
            HEAD + ONE + "  valid_to: 2024-01-01\n  merged_into: a1\n",
            ["第 8 行 merged_into", "绕回到它自己"],
        ),
        (HEAD + ONE + "  merged_into: a1\n", ["第 7 行 merged_into", "valid_to"]),
        (HEAD + ONE + "  waived: 2023\n", ["第 7 行 waived", "列表"]),
        (HEAD + ONE + "  waived: [2023]\n", ["第 7 行 waived", "year 和 reason"]),
        (HEAD + ONE + "  waived: [{year: 23, reason: 试}]\n", ["第 7 行 waived", "“23”不对"]),
        (HEAD + ONE + "  waived: [{year: 2023, reason: }]\n", ["waived：2023 年度", "理由"]),
        (
            HEAD + ONE + "  waived:\n  - {year: 2023, reason: 甲}\n  - {year: 2023, reason: 乙}\n",
            ["第 7 行 waived：2023 年度写了两次"],
        ),
        (HEAD + ONE + "  short_names: &a [*a]\n", ["绕回自己"]),
    ],
)
def test_a_fault_is_told_with_line_key_and_what_is_expected(tmp_path, text, expected):
    with pytest.raises(RosterError) as told:
        load(written(tmp_path, text))

    for words in expected:
        assert words in str(told.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,name,kind\na1,望岚县财政局\n", "第 2 行：有 2 列，应为 3 列"),
        ("id,id\n", "第 1 行"),
        ("id,name,kind\na1,望岚县财政局,nothing\n", "第 2 行 kind"),
        ('id,name,kind\na1,"望岚', "CSV"),
        (
            "id,name,kind,waived\na1,望岚县财政局,dept_county,2023\n",
            "第 2 行 waived：2023 年度没有",
        ),
        ("id,name,kind,waived\na1,望岚县财政局,dept_county,撤:x\n", "第 2 行 waived：“撤”不对"),
    ],
)
def test_a_fault_in_csv_is_told_with_its_line(tmp_path, text, expected):
    with pytest.raises(RosterError, match=expected):
        load(written(tmp_path, text, "roster.csv"))


def test_a_circle_of_parents_is_told_for_each_of_them(tmp_path):
    names = "甲乙丙"
    text = "".join(
        f"- id: a{n}\n  name: {name}县人民政府\n  kind: county_gov\n  parent: a{(n + 1) % 3}\n"
        for n, name in enumerate(names)
    )

    with pytest.raises(RosterError) as told:
        load(written(tmp_path, HEAD + text))
    assert str(told.value).count("绕回到它自己") == 3


def test_many_faults_are_told_at_once_and_the_rest_counted(tmp_path):
    text = HEAD + "".join(f"- id: a{n}\n  kind: dept_county\n" for n in range(30))

    with pytest.raises(RosterError, match="30 处错误") as told:
        load(written(tmp_path, text))
    assert "另有 10 处" in str(told.value)


@pytest.mark.parametrize("name", ["roster.txt", "missing.yaml"])
def test_a_file_that_cannot_be_a_roster_is_told(tmp_path, name):
    if name != "missing.yaml":
        written(tmp_path, "x", name)

    with pytest.raises(RosterError, match=name):
        load(tmp_path / name)


def test_a_file_in_another_encoding_is_told(tmp_path):
    path = tmp_path / "roster.yaml"
    path.write_bytes((HEAD + ONE).encode("gb18030"))

    with pytest.raises(RosterError, match="UTF-8"):
        load(path)


names = st.text("望岚县财政教育局镇人民府办公室", min_size=2, max_size=12)
addresses = st.from_regex(r"https?://[a-z]{1,8}\.gov\.cn/[a-z0-9/]{0,12}", fullmatch=True)


@st.composite
def rosters(draw: st.DrawFn) -> list[Agency]:
    found = draw(st.lists(names, min_size=1, max_size=8, unique=True))
    dates = st.none() | st.dates().map(lambda day: day.isoformat())
    return [
        Agency(
            id=f"a{number}",
            name=name,
            kind=draw(st.sampled_from(KINDS)),
            region=draw(st.from_regex(r"[0-9]{6}", fullmatch=True) | st.just("")),
            parent=draw(st.none() | st.sampled_from([f"a{n}" for n in range(number)]))
            if number
            else None,
            short_names=tuple(draw(st.lists(names, max_size=3))),
            columns=tuple(draw(st.lists(addresses, max_size=3))),
            valid_from=draw(dates),
            level=draw(st.none() | st.sampled_from(LEVELS)),
            has_rule_power=draw(st.booleans()),
            waived=tuple(
                Waiver(year, draw(names))
                for year in draw(st.lists(st.integers(2019, 2030), max_size=2, unique=True))
            ),
        )
        for number, name in enumerate(found)
    ]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(roster=rosters())
def test_every_roster_comes_back_from_both_kinds_of_file(tmp_path, roster):
    body = {
        "format": "duban.roster/1",
        "agencies": [msgspec.to_builtins(agency) for agency in roster],
    }
    path = written(tmp_path, yaml.safe_dump(body, allow_unicode=True))
    plain = json.loads(msgspec.json.encode(body))
    jsonschema.validate(plain, roster_schema())

    assert load(path) == tuple(roster)
    assert load(written(tmp_path, as_csv(roster), "roster.csv")) == tuple(roster)


def as_csv(roster: list[Agency]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    fields = Agency.__struct_fields__
    writer.writerow(fields)
    for agency in roster:
        values = [getattr(agency, field) for field in fields]
        writer.writerow([as_field(value) for value in values])
    return text.getvalue()


def as_field(value: object) -> object:
    if isinstance(value, tuple):
        parts = [f"{v.year}:{v.reason}" if isinstance(v, Waiver) else v for v in value]
        return "|".join(parts)
    return value or ""


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(text=st.text(max_size=200) | st.text("- :[]{}|id,name\n a1", max_size=80))
def test_any_other_text_is_a_roster_error_and_nothing_else(tmp_path, text):
    for name in ("roster.yaml", "roster.csv"):
        try:
            load(written(tmp_path, text, name))
        except RosterError:
            continue
        pytest.fail("was taken for a roster")


def test_the_schema_is_the_one_checked_in():
    kept = json.loads((assets.find("schemas") / "roster.v1.json").read_text("utf-8"))

    assert kept == roster_schema()


class TestRegistration:
    FIRST = Agency(id="a1", name="望岚县财政局", kind="dept_county")
    SECOND = Agency(id="a2", name="望岚县教育局", kind="dept_county")

    @pytest.fixture
    def store(self, tmp_path):
        with EmbeddedStore(tmp_path) as store:
            yield store

    def facts(self, store: EmbeddedStore) -> list[str]:
        return [f"{one.event.name} {one.event.key}" for one in store.log.read("facts")]

    def test_only_what_is_new_becomes_a_fact(self, store):
        for roster in ([self.FIRST], [self.FIRST], [self.FIRST, self.SECOND]):
            register(roster, store.states, MovableClock())

        assert self.facts(store) == ["agency.registered a1", "agency.registered a2"]
        assert registered(store.states) == (self.FIRST, self.SECOND)

    def test_a_change_and_the_change_back_are_facts_of_their_own(self, store):
        other = msgspec.structs.replace(self.FIRST, name="望岚县财政和税务局")
        for agency in (self.FIRST, other, self.FIRST):
            register([agency], store.states, MovableClock())

        assert self.facts(store) == ["agency.registered a1"] * 3
        assert registered(store.states) == (self.FIRST,)

    def test_a_wrong_roster_changes_nothing(self, store, tmp_path):
        register([self.FIRST], store.states, MovableClock())
        wrong = HEAD + ONE + "- id: a2\n  name: 望岚县教育局\n  kind: dept_county\n  parent: a3\n"

        with pytest.raises(RosterError, match="a3"):
            register(load(written(tmp_path, wrong)), store.states, MovableClock())

        assert self.facts(store) == ["agency.registered a1"]
        assert registered(store.states) == (self.FIRST,)

    def test_an_agency_that_is_no_longer_listed_is_removed_once_and_may_return(self, store):
        for roster in ([self.FIRST, self.SECOND], [self.SECOND], [self.SECOND]):
            register(roster, store.states, MovableClock())
        assert registered(store.states) == (self.SECOND,)

        assert register([self.FIRST, self.SECOND], store.states, MovableClock()) == 1
        assert self.facts(store)[2:] == ["agency.removed a1", "agency.registered a1"]
