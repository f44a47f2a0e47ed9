"""Bringing dashboards into Kibana, held against a stand-in that answers as documented.

The stand-in is not Kibana: these tests show that we send what its documentation asks for and
understand what it may answer, not that a dashboard looks right.
"""

from __future__ import annotations

import copy
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duban.cli import group
from duban.errors import DubanError, UsageError
from duban.kibana import catalogue
from duban.kibana.rule import connector_id, rule_id
from duban.testing.kibana import StandInKibana, stand_in

COUNT = len(catalogue.objects("duban-"))


@pytest.fixture
def kibana() -> Iterator[StandInKibana]:
    with stand_in() as server:
        yield server


def run(kibana: StandInKibana, *arguments: str, **environment: str) -> Result:
    given = {"DUBAN_KIBANA_URL": kibana.url, **environment}
    clean = dict.fromkeys(("DUBAN_SETTINGS", "DUBAN_ELASTIC_PREFIX"))
    return CliRunner(env={**clean, **given}).invoke(group, ["dashboards", *arguments])


def error(result: Result, kind: type[DubanError] = UsageError) -> str:
    assert isinstance(result.exception, kind), result.exception
    assert result.exception.english
    return str(result.exception)


def test_all_objects_are_taken_and_a_second_time_changes_nothing(kibana: StandInKibana) -> None:
    first = run(kibana, "push")
    held = copy.deepcopy(kibana.objects)
    second = run(kibana, "push")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert f"{COUNT} 个对象，导入 {COUNT} 个" in first.output
    assert kibana.objects == held
    assert len(held) == COUNT
    assert kibana.rules == {}


def test_an_object_that_is_refused_is_named_with_its_reason(kibana: StandInKibana) -> None:
    kibana.refusing = {
        "duban-late": {"type": "unsupported_type"},
        "duban-agency": {"type": "conflict", "destinationId": "x"},
        "duban-figures": {
            "type": "unknown",
            "message": "Document belongs to a more recent version of Kibana [10.9.0].",
            "statusCode": 422,
        },
        "duban-view-reports": {"type": "unknown", "message": "no room", "statusCode": 500},
    }
    kibana.objects = {}

    result = run(kibana, "push")

    assert result.exit_code == 1
    lines = result.output.splitlines()
    assert [line for line in lines if "dashboard/duban-late：这个 Kibana 不支持这类对象" in line]
    assert [line for line in lines if "dashboard/duban-agency：同一编号的对象在别的空间" in line]
    assert [line for line in lines if "a more recent version of Kibana [10.9.0]（422）" in line]
    assert [line for line in lines if "index-pattern/duban-view-reports：no room（500）" in line]
    assert f"导入 {COUNT - 4} 个" in result.output


def test_a_missing_reference_is_named(kibana: StandInKibana) -> None:
    from duban.config import KibanaSettings
    from duban.kibana.answer import reason
    from duban.kibana.client import Kibana
    from duban.kibana.pushing import push_objects

    search = catalogue.object_files("duban-")["1-searches"][0]
    with Kibana(KibanaSettings(url=kibana.url)) as client:
        pushed = push_objects(client, [search])

    assert pushed.taken == 0
    assert reason(pushed.refused[0].error)[0] == (
        "它引用的对象不存在：" + "、".join(["index-pattern/duban-view-reports"] * 4)
    )


def test_what_kibana_holds_is_compared(kibana: StandInKibana) -> None:
    empty = run(kibana, "check")
    run(kibana, "push")
    whole = run(kibana, "check")
    kibana.objects["dashboard", "duban-late"]["attributes"]["title"] = "别的题目"
    panels = json.loads(kibana.objects["dashboard", "duban-agency"]["attributes"]["panelsJSON"])
    panels[1]["gridData"]["w"] = 1
    kibana.objects["dashboard", "duban-agency"]["attributes"]["panelsJSON"] = json.dumps(panels)
    del kibana.objects["search", "duban-search-aside"]
    changed = run(kibana, "check")

    assert (empty.exit_code, whole.exit_code, changed.exit_code) == (1, 0, 1)
    assert empty.output.count("没有 / missing") == COUNT
    assert f"{COUNT} 个对象都与程序一致" in whole.output
    assert "dashboard/duban-late（督办 缺报与逾期）：与程序不同 / differs: title" in changed.output
    assert "panelsJSON[1].gridData.w" in changed.output
    assert "search/duban-search-aside（督办 搁置的事件）：没有" in changed.output
    assert "3 个对象不一致。改正 / mend: duban dashboards push" in changed.output


def test_what_kibana_adds_of_its_own_is_no_difference(kibana: StandInKibana) -> None:
    run(kibana, "push")
    for one in kibana.objects.values():
        one["updated_at"] = "2026-01-01T00:00:00Z"
        one["attributes"]["newSetting"] = True
        one["references"].append({"type": "tag", "id": "t", "name": "tag-ref-t"})
    view = kibana.objects["index-pattern", "duban-view-reports"]["attributes"]
    labels = json.loads(view["fieldAttrs"])
    labels["agency"]["count"] = 7
    view["fieldAttrs"] = json.dumps(labels, indent=1)

    assert run(kibana, "check").exit_code == 0


def test_rules_and_their_connector_are_made_once_and_then_replaced(kibana: StandInKibana) -> None:
    first = run(kibana, "push", "--alerting")
    names = set(kibana.rules)
    second = run(kibana, "push", "--alerting")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.output.count("已建立") == 1 + len(catalogue.RULES)
    assert second.output.count("已更新") == 1 + len(catalogue.RULES)
    assert set(kibana.rules) == names == {rule_id(rule) for rule in catalogue.RULES}
    told = connector_id(catalogue.connector("duban-"))
    assert kibana.connectors[told]["connector_type_id"] == ".index"
    for rule in kibana.rules.values():
        assert rule["rule_type_id"] == ".es-query"
        assert [action["id"] for action in rule["actions"]] == [told]
        assert rule["params"]["index"][0].startswith("duban-")
    assert run(kibana, "check", "--alerting").exit_code == 0


def test_a_rule_that_is_refused_is_named_and_the_others_are_made(kibana: StandInKibana) -> None:
    refused = rule_id(catalogue.RULES[0])
    kibana.refusing = {
        refused: {"statusCode": 400, "error": "Bad Request", "message": "params invalid: size"}
    }

    result = run(kibana, "push", "--alerting")

    assert result.exit_code == 1
    assert f"被拒 {catalogue.RULES[0].name}：params invalid: size (400)" in result.output
    assert set(kibana.rules) == {rule_id(rule) for rule in catalogue.RULES[1:]}


def test_a_rule_changed_by_hand_is_a_difference_and_one_switched_off_is_none(
    kibana: StandInKibana,
) -> None:
    run(kibana, "push", "--alerting")
    first, second = (kibana.rules[rule_id(rule)] for rule in catalogue.RULES[:2])
    first["enabled"] = False
    second["schedule"] = {"interval": "1d"}

    result = run(kibana, "check", "--alerting")

    assert result.exit_code == 1
    assert "schedule.interval" in result.output
    assert "1 个对象不一致。改正 / mend: duban dashboards push --alerting" in result.output


def test_a_space_has_paths_of_its_own(kibana: StandInKibana) -> None:
    kibana.space = "office"

    assert run(kibana, "push", "--alerting", DUBAN_KIBANA_SPACE="office").exit_code == 0
    assert "没有所需的接口" in error(run(kibana, "push", DUBAN_KIBANA_SPACE="other"))


@pytest.mark.parametrize("way", ["key", "login"])
def test_the_login_is_sent_and_never_shown(kibana: StandInKibana, way: str) -> None:
    good, bad = {
        "key": ({"DUBAN_KIBANA_API_KEY": "k3y-of-office"}, {"DUBAN_KIBANA_API_KEY": "wr0ng-key"}),
        "login": (
            {"DUBAN_KIBANA_USER": "ops", "DUBAN_KIBANA_PASSWORD": "s3cret-word"},
            {"DUBAN_KIBANA_USER": "ops", "DUBAN_KIBANA_PASSWORD": "wr0ng-word"},
        ),
    }[way]
    if way == "key":
        kibana.api_key = "k3y-of-office"
    else:
        kibana.login = ("ops", "s3cret-word")

    taken, refused = run(kibana, "push", **good), run(kibana, "push", **bad)

    assert taken.exit_code == 0
    assert "401" in error(refused)
    told = taken.output + refused.output + repr(refused.exception)
    assert not [word for word in ("k3y-of-office", "s3cret-word", "wr0ng") if word in told]


def test_another_version_is_refused_before_anything_is_sent(kibana: StandInKibana) -> None:
    kibana.version = "8.19.3"

    assert "Kibana 的版本是 8.19.3，仪表板是为 9.2.4 生成的" in error(run(kibana, "push"))
    assert "8.19.3" in error(run(kibana, "check"))
    assert {path for _, path in kibana.requests} == {"/api/status"}
    assert run(kibana, "push", "--any-version").exit_code == 0


def test_another_patch_of_the_version_is_as_good(kibana: StandInKibana) -> None:
    kibana.version = "9.2.0"

    assert run(kibana, "push").exit_code == 0


def test_a_missing_privilege_is_told_in_kibanas_words(kibana: StandInKibana) -> None:
    kibana.lacking_privilege = "Unable to bulk_create dashboard,search"

    assert "Unable to bulk_create dashboard,search" in error(run(kibana, "push"))


def test_an_object_that_may_not_be_looked_at_is_no_missing_object(kibana: StandInKibana) -> None:
    refused = {"statusCode": 403, "error": "Forbidden", "message": "Unable to bulk_get search"}
    named = {"id": "duban-search-aside", "type": "search", "error": refused}
    told = {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "Error fetching objects to export",
        "attributes": {"objects": [named]},
    }
    answer = kibana.answer
    kibana.answer = (  # type: ignore[method-assign]
        lambda method, path, *rest: (
            (400, told) if path.endswith("_export") else answer(method, path, *rest)
        )
    )

    assert "Unable to bulk_get search" in error(run(kibana, "check"))


@pytest.mark.parametrize(
    "objects", [[], [{"id": "x", "type": "map", "error": {"statusCode": 404}}]]
)
def test_an_export_that_is_refused_for_nothing_of_ours_ends(
    kibana: StandInKibana, objects: list[object]
) -> None:
    told = {"statusCode": 400, "message": "no export today", "attributes": {"objects": objects}}
    answer = kibana.answer
    kibana.answer = (  # type: ignore[method-assign]
        lambda method, path, *rest: (
            (400, told) if path.endswith("_export") else answer(method, path, *rest)
        )
    )

    assert "no export today" in error(run(kibana, "check"), DubanError)


def test_a_kibana_that_is_not_ready_is_told(kibana: StandInKibana) -> None:
    kibana.ready = False

    assert "尚未就绪" in error(run(kibana, "push"), DubanError)


def test_an_address_where_nothing_listens_is_told() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    result = CliRunner(env={"DUBAN_SETTINGS": None}).invoke(
        group, ["dashboards", "push", "--kibana", f"http://127.0.0.1:{port}"]
    )

    assert "无法连接 Kibana" in error(result)


def test_a_certificate_file_that_is_none_is_told(kibana: StandInKibana, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate")

    result = run(kibana, "push", DUBAN_KIBANA_CA_FILE=str(tmp_path / "ca.pem"))

    assert "根证书" in error(result)


def test_a_kibana_that_does_not_answer_is_not_waited_for_for_ever(kibana: StandInKibana) -> None:
    answer = kibana.answer
    released = threading.Event()
    kibana.answer = lambda *a: (released.wait(20), answer(*a))[1]  # type: ignore[method-assign]

    result = run(kibana, "push", DUBAN_KIBANA_TIMEOUT="0.2")
    released.set()

    assert "无法连接 Kibana" in error(result)


def test_what_is_no_kibana_is_told(kibana: StandInKibana) -> None:
    kibana.answer = lambda *_: (200, "<html>welcome</html>")  # type: ignore[method-assign]

    assert "不是 Kibana 的" in error(run(kibana, "push"))


def test_a_redirect_is_not_followed(kibana: StandInKibana) -> None:
    kibana.answer = lambda *_: (302, "")  # type: ignore[method-assign]

    assert "转到别处" in error(run(kibana, "push", DUBAN_KIBANA_API_KEY="k"))
    assert len(kibana.requests) == 1


def test_a_roster_names_the_supervising_agencies(kibana: StandInKibana, tmp_path: Path) -> None:
    roster = tmp_path / "名录.yaml"
    roster.write_text(
        """
format: duban.roster/1
agencies:
  - {id: x, name: 甲县人民政府, kind: county_gov, columns: ["http://h/x"]}
  - {id: x1, name: 甲县财政局, kind: dept_county, parent: x, columns: ["http://h/x1"]}
""",
        encoding="utf-8",
    )

    assert run(kibana, "push", "--roster", str(roster)).exit_code == 0

    view = kibana.objects["index-pattern", "duban-view-reports"]["attributes"]
    entries = json.loads(view["fieldFormatMap"])["agency_parent"]["params"]["lookupEntries"]
    assert entries == [{"key": "x", "value": "甲县人民政府"}]
    assert run(kibana, "check", "--roster", str(roster)).exit_code == 0
    assert run(kibana, "check").exit_code == 0


def test_the_files_are_written_once_and_then_current(tmp_path: Path) -> None:
    runner, into = CliRunner(env={"DUBAN_ELASTIC_PREFIX": None}), f"{tmp_path}/made"

    stale = runner.invoke(group, ["dashboards", "build", "--check", "--into", into])
    written = runner.invoke(group, ["dashboards", "build", "--into", into])
    again = runner.invoke(group, ["dashboards", "build", "--check", "--into", into])

    assert (stale.exit_code, written.exit_code, again.exit_code) == (1, 0, 0)
    assert stale.output.count("已过期") == written.output.count("已写出") == len(catalogue.texts())
