"""The alerts file: what may be written, and every fault told with its line."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from duban.errors import UsageError
from duban.notifying.plan_file import load

ROOT = Path(__file__).parents[3]
WHOLE = """\
format: duban.alerts/1
page: https://duban.example.gov.cn/
window_minutes: 5
repeat_days: 0
most_per_hour: 3
channels:
  - name: 值班邮箱
    address_from: DUBAN_MAIL
  - name: 内网
    folder: 提醒
routes:
  - name: 全县错误
    channel: 值班邮箱
    jurisdictions: [qs, "3311"]
    kinds: [report, absent]
    severity: error
    rules: [DL-*]
  - name: 全部
    channel: 内网
"""
SECRET = "mailtos://u:s3cret@smtp.example.gov.cn"


def write(folder: Path, text: str) -> Path:
    path = folder / "提醒.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> str:
    with pytest.raises(UsageError) as error:
        load(write(folder, text), {"DUBAN_MAIL": SECRET})
    assert "s3cret" not in str(error.value) + error.value.english
    assert error.value.english.count("\n") == str(error.value).count("\n")
    return str(error.value)


def test_a_whole_file_is_read(tmp_path: Path) -> None:
    plan = load(write(tmp_path, WHOLE), {"DUBAN_MAIL": SECRET})

    assert plan.page == "https://duban.example.gov.cn"
    assert (plan.window, plan.repeat, plan.most) == (timedelta(minutes=5), None, 3)
    mail, folder = plan.channels
    assert mail.address is not None
    assert mail.address.reveal() == SECRET
    assert folder.folder == tmp_path / "提醒"
    assert plan.routes[0].jurisdictions == ("qs", "3311")
    assert (plan.routes[0].severity, plan.routes[0].rules) == ("error", ("DL-*",))
    assert "s3cret" not in repr(plan)


def test_the_example_of_the_documentation_is_read() -> None:
    plan = load(ROOT / "docs/how-to/alerts.example.yaml", {"DUBAN_ALERT_MAIL": SECRET})

    assert len(plan.routes) == 3


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("duban.alerts/1", "duban.alerts/9", "第 1 行：format 应为 duban.alerts/1"),
        ("page: https://", "page: ftp://", "第 2 行：page 应是页面的网址"),
        ("window_minutes: 5", "window_minutes: soon", "第 3 行：window_minutes 应为 0 到 1440"),
        ("repeat_days: 0", "repeat_days: -1", "第 4 行：repeat_days 应为"),
        ("most_per_hour: 3", "most_per_hour: 0", "第 5 行：most_per_hour 应为 1 到 1000"),
        ("  - name: 值班邮箱\n", "  - title: 值班邮箱\n", "第 7 行：不认识的键 title"),
        ("address_from: DUBAN_MAIL", "address_from: NOT_SET", "第 8 行：环境变量 NOT_SET 没有设置"),
        ("address_from: DUBAN_MAIL", f"address_from: {SECRET}", "第 8 行：address_from 应是环境"),
        ("address_from: DUBAN_MAIL", "address: s3cret", "第 8 行：渠道地址应形如"),
        ("    folder: 提醒", "    folder: 提醒\n    address: a://b", "第 9 行：每个渠道要有"),
        ("name: 内网", "name: 值班邮箱", "channels 中“值班邮箱”重名"),
        ("channel: 值班邮箱", "channel: 邮箱", "第 13 行：没有名为“邮箱”的渠道"),
        ("kinds: [report, absent]", "kinds: [late]", "第 15 行：不认识的 kinds：late"),
        ("severity: error", "severity: info", "第 16 行：severity 应为 error"),
        ("rules: [DL-*]", "rules: [[a]]", "第 17 行：rules 应为文字的列表"),
        ("  - name: 全部\n", "  -\n", "缺少 name"),
        ("severity: error", "severity: error\n    severity: error", "第 17 行：键 severity 重复"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in WHOLE

    assert told in faults(tmp_path, WHOLE.replace(before, after, 1))


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = WHOLE.replace("severity: error", "severity: x").replace("repeat_days: 0", "repeat_days:")

    assert "有 2 处错误" in faults(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("channels: [", "不是有效的 YAML"),
        ("a: &a [1]\nb: *a", "别名"),
        ("", "应为“键: 值”的形式"),
        ("- 1", "应为“键: 值”的形式"),
        ("format: duban.alerts/1\nchannels: []\nroutes: 全部", "channels 应为非空列表"),
    ],
)
def test_what_is_no_alerts_file_is_told_as_such(tmp_path: Path, text: str, told: str) -> None:
    assert told in faults(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="无法读取"):
        load(tmp_path / "none.yaml", {})


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(WHOLE.encode("gb18030"))

    with pytest.raises(UsageError, match="YAML"):
        load(path, {})
