from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.event import EventRetried
from duban.errors import DubanError, UsageError
from duban.ports import SetAside
from duban.processors.processor import Chain
from duban.testing.events import read, registered, released
from duban.testing.runner import evaluator

BAD = read("a", 2023, "崩溃")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An agency with a report that has a fault, and one event that cannot be handled."""
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append(
            [registered("a", "甲县财政局"), released(), read("a", 2024, "错误SUM=5"), BAD]
        )
        store.runner(Chain("agency", (evaluator(),))).run_until_idle()
    return tmp_path / "data"


def events(data: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(group, ["events", *arguments, "--data", str(data)])
    if isinstance(result.exception, DubanError):
        raise result.exception
    return result


def test_the_list_tells_each_event_in_a_line(data: Path) -> None:
    lines = events(data, "list").stdout.splitlines()

    assert "登记 甲县财政局" in lines[0]
    assert any("发现 SUM" in line for line in lines)


def test_the_list_is_filtered_by_name_and_ends_with_the_newest(data: Path) -> None:
    found = events(data, "list", "--name", "report.read", "--limit", "1", "--format", "json")

    assert json.loads(found.stdout)["event"]["id"] == BAD.id


def test_days_are_those_of_shanghai_and_include_the_last(data: Path) -> None:
    assert events(data, "list", "--since", "2025-01-02", "--until", "2025-01-02").stdout
    nothing = events(data, "list", "--since", "2025-01-03")
    assert nothing.stdout == ""
    assert "没有符合条件的事件" in nothing.stderr


def test_days_in_the_wrong_order_are_refused(data: Path) -> None:
    with pytest.raises(UsageError, match="早于"):
        events(data, "list", "--since", "2025-01-03", "--until", "2025-01-02")


def test_tail_shows_the_last_ones_and_can_end_there(data: Path) -> None:
    assert len(events(data, "tail", "--limit", "2", "--no-follow").stdout.splitlines()) == 2


def test_one_event_is_shown_with_what_followed_from_it(data: Path) -> None:
    told = events(data, "show", read("a", 2024, "错误SUM=5").id[:10]).stdout

    assert "后续：" in told
    assert '"report.read"' in told


@pytest.mark.parametrize(("beginning", "told"), [("zzz", "没有编号以"), ("", "多个事件")])
def test_an_unclear_id_is_told(data: Path, beginning: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        events(data, "show", beginning)


def test_what_was_set_aside_is_told_with_its_cause(data: Path) -> None:
    told = events(data, "set-aside").stdout

    assert BAD.id[:8] in told
    assert "规则出错" in told


def test_a_retry_is_recorded_once(data: Path) -> None:
    first = events(data, "retry", BAD.id[:8], "--by", "张三", "--reason", "已升级")
    events(data, "retry", "--all", "--by", "张三")

    assert "已要求重新处理 1 个事件" in first.stderr
    asked = events(data, "list", "--name", "event.retried", "--format", "json").stdout.splitlines()
    assert [json.loads(line)["event"]["body"]["event_id"] for line in asked] == [BAD.id]


def test_what_is_not_set_aside_cannot_be_retried(data: Path) -> None:
    with pytest.raises(UsageError, match="没有编号以“abc”开头的搁置事件"):
        events(data, "retry", "abc")
    with pytest.raises(UsageError, match="--all"):
        events(data, "retry")


def test_what_only_the_pages_lack_is_mended_by_a_rebuild_and_not_by_a_retry(data: Path) -> None:
    with EmbeddedStore(data) as store:
        store.put_aside_anew([SetAside(2, "*", store.log.read("facts")[1].event.id, "读不出")])
        facts = store.log.head("facts")

    with pytest.raises(UsageError, match="duban rebuild --accept"):
        events(data, "retry", "--all", "--by", "张三")

    with EmbeddedStore(data) as store:
        bodies = [one.event.body for one in store.log.read("facts", facts)]
        assert [body.unit for body in bodies if isinstance(body, EventRetried)] == ["agency"]


def test_the_history_is_exported_whole_and_verified(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    exported = events(data, "export", str(file))
    verified = CliRunner().invoke(group, ["events", "verify", str(file)])

    assert "已导出" in exported.stderr
    assert "完好" in verified.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "events.jsonl"]


def test_an_export_replaces_nothing_by_itself(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_text("mine")

    with pytest.raises(UsageError, match="已存在"):
        events(data, "export", str(file))
    assert file.read_text() == "mine"


def test_a_folder_without_data_is_told_and_stays_empty(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有 duban 的数据"):
        events(tmp_path, "list")
    assert not list(tmp_path.iterdir())
