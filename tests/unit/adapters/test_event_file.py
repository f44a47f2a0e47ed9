from __future__ import annotations

from pathlib import Path

import pytest

from duban.adapters import event_file
from duban.domain.event import encode
from duban.errors import EventError, StorageError
from duban.testing.events import at, checked, read, registered

EVENTS = [registered("a"), checked("a"), read("a", 2024, "正常")]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    heading = event_file.Heading(format=event_file.FORMAT, program="1", written_at=at(0))
    with path.open("wb") as out:
        event_file.write(out, heading, [(3 * n, encode(e)) for n, e in enumerate(EVENTS, 1)])
    return path


def changed(path: Path, number: int, line: bytes | None, *, after: bytes | None = None) -> None:
    lines = path.read_bytes().splitlines(keepends=True)
    lines[number - 1 : number] = [one for one in (line, after) if one is not None]
    path.write_bytes(b"".join(lines))


def line(path: Path, number: int) -> bytes:
    return path.read_bytes().splitlines(keepends=True)[number - 1]


def test_a_file_is_whole_as_it_was_written(file: Path) -> None:
    heading, count = event_file.verify(file)

    assert (heading.written_at, count) == (at(0), 3)


def test_a_word_changed_by_hand_is_found_in_its_line(file: Path) -> None:
    changed(file, 4, line(file, 4).replace("正常".encode(), "异常".encode()))

    with pytest.raises(EventError, match="第 4 行不对：内容与写出时不同"):
        event_file.verify(file)


def test_a_line_taken_out_is_found_at_the_next_one(file: Path) -> None:
    changed(file, 3, None)

    with pytest.raises(EventError, match="第 3 行不对"):
        event_file.verify(file)


def test_a_line_written_twice_is_found(file: Path) -> None:
    changed(file, 3, line(file, 3), after=line(file, 3))

    with pytest.raises(EventError, match="第 4 行不对"):
        event_file.verify(file)


def test_a_file_cut_off_between_two_lines_is_not_whole(file: Path) -> None:
    changed(file, 5, None)

    with pytest.raises(EventError, match="没有结尾行"):
        event_file.verify(file)


def test_a_file_cut_off_in_a_line_names_the_line(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])

    with pytest.raises(EventError, match="第 4 行不对：不是一个事件"):
        event_file.verify(file)


def test_something_added_after_the_end_is_found(file: Path) -> None:
    changed(file, 5, line(file, 5), after=b"{}\n")

    with pytest.raises(EventError, match="第 6 行不对：结尾行之后还有内容"):
        event_file.verify(file)


def test_a_heading_changed_by_hand_breaks_the_first_seal(file: Path) -> None:
    changed(file, 1, line(file, 1).replace(b'"program":"1"', b'"program":"2"'))

    with pytest.raises(EventError, match="第 2 行不对"):
        event_file.verify(file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "是空的"),
        (b"hello\n", "不是 duban 导出的事件文件"),
        (b"\xff\xfe\x00", "不是 duban 导出的事件文件"),
        (
            b'{"format":"duban.events/9","program":"9","written_at":"2025-01-01T00:00:00Z"}\n',
            "升级",
        ),
    ],
)
def test_a_file_of_another_kind_is_told_in_a_sentence(
    tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)

    with pytest.raises(EventError, match=told):
        event_file.verify(path)


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="无法打开"):
        event_file.verify(tmp_path / "none")
