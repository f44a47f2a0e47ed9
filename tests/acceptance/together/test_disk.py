"""A disk that is full or may only be read: a sentence, nothing lost, and on it goes afterwards."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from office_at_work import DUBAN, PATIENCE_S, county, crawling, duban, missed, until, wrong

from duban.samples.portal import Portal
from duban.testing.disk import BrittleDisk, Disk, brittle_disk, disk
from duban.testing.office import fill_office
from duban.testing.programs import without_privileges
from duban.testing.serving import served

_BITS = {True: (0o700, 0o600), False: (0o500, 0o400)}  # of folders and files: writable or not
COMMANDS = (
    ("events", "list"),
    ("events", "retry", "--all"),
    ("rebuild",),
    ("rebuild", "--verify-only"),
    ("judge", "--packaged"),
    ("backup", "b.zip"),
    ("serve", "--no-crawl", "--port", "0"),
)


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A made county of which much is still to be posted."""
    county(tmp_path, agencies=16)
    (tmp_path / "data").mkdir()
    return tmp_path


@pytest.fixture
def small(office: Path) -> Iterator[Disk]:
    with disk(office / "data", 16) as small:
        yield small


@pytest.fixture
def brittle(office: Path) -> Iterator[BrittleDisk]:
    with brittle_disk(office / "disk.img", office / "data", 48) as brittle:
        yield brittle


def release_all(portal: Portal) -> None:
    while portal.release_one():
        continue


def allow(folder: Path, *, writing: bool) -> None:
    """Let the folder and all in it be written, or only be read."""
    folders, files = _BITS[writing]
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", ".lock"))
    }


@contextmanager
def begun(office: Path, *options: object) -> Iterator[subprocess.Popen[str]]:
    """A server that may end before it is told to."""
    server = subprocess.Popen(
        [DUBAN, "serve", "--data", "data", "--port", "0", *map(str, options)],
        cwd=office, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield server
    finally:
        server.kill()
        server.communicate()


def said(server: subprocess.Popen[str]) -> Iterator[str]:
    """What it says, line by line."""
    assert server.stderr is not None
    return iter(server.stderr)


def ended(server: subprocess.Popen[str]) -> None:
    server.send_signal(signal.SIGINT)
    _, rest = server.communicate(timeout=PATIENCE_S)
    assert (server.returncode, "Traceback" in rest) == (0, False), rest


def until_broken_off(server: subprocess.Popen[str]) -> Iterator[str]:
    """What it says until a round is broken off, or until it ends."""
    for line in said(server):
        yield line
        if "broken off" in line:
            return


def ended_or_told(server: subprocess.Popen[str], heard: Sequence[str]) -> None:
    """End it, where it has not ended itself because it could not store what it had judged.

    `heard` is what it said before.
    """
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
    rest = [*heard, *said(server)]
    told = [line for line in rest if line.startswith("错误：")]
    assert not any("Traceback" in line for line in rest)
    assert (server.wait(PATIENCE_S), len(told)) in ((0, 0), (2, 1)), rest
    whys = ("是否变为只读", "请检查权限和磁盘空间")
    assert all(any(why in line for why in whys) for line in told), rest


def test_a_disk_that_fills_up_is_told_in_a_sentence_and_nothing_is_lost(
    office: Path, small: Disk
) -> None:
    with Portal(office / "county", release_every_s=3600) as portal:
        options = crawling(office, portal)
        assert portal.waiting > 5
        with begun(office, *options) as server:
            until(lambda: not missed(office, portal, small.folder))
            small.fill()
            release_all(portal)
            told = next(line for line in said(server) if "磁盘" in line)
            assert "请检查权限和磁盘空间" in told or "无法写入，磁盘已满：请清理空间后再试" in told
            again = duban(office, "rebuild")
            assert (again.code, len(again.told)) == (2, 1)
            assert "磁盘已满" in again.told[0]
            small.empty()
            until(lambda: server.poll() is not None or not missed(office, portal, small.folder))
            if server.poll() is None:  # it only looked for reports again, until they could be kept
                ended(server)
            else:  # it could not store what it had judged
                assert server.returncode == 2
                with served(office, *options):
                    until(lambda: not missed(office, portal, small.folder))
    assert duban(office, "rebuild", "--verify-only").code == 0
    assert wrong(small.folder) == []
    assert [path.name for path in small.folder.glob("blobs/*/.new-*")] == []


def test_a_disk_for_reading_is_told_by_every_command_and_nothing_is_changed(
    tmp_path: Path,
) -> None:
    fill_office(tmp_path / "made")
    (tmp_path / "data").mkdir()
    with disk(tmp_path / "data", 16) as small:
        shutil.copytree(tmp_path / "made", small.folder, dirs_exist_ok=True)
        before = files(small.folder)
        small.set_read_only(is_so=True)
        for command in COMMANDS:
            run = duban(tmp_path, *command)
            assert (run.code, len(run.told)) == (2, 1), run
            assert "只能读、不能写" in run.told[0]
        assert files(small.folder) == before
        small.set_read_only(is_so=False)
        for command in COMMANDS[:-1]:
            assert duban(tmp_path, *command).is_done


def test_a_disk_that_breaks_under_open_files_is_told_in_a_sentence_and_nothing_is_lost(
    office: Path, brittle: BrittleDisk
) -> None:
    with Portal(office / "county", release_every_s=3600) as portal:
        options = crawling(office, portal)
        with begun(office, *options) as server:
            until(lambda: not missed(office, portal, brittle.folder))
            brittle.break_()
            release_all(portal)
            heard = list(until_broken_off(server))
            assert any("磁盘" in line for line in heard), heard
            ended_or_told(server, heard)
        brittle.mend()
        assert missed(office, portal, brittle.folder)
        with served(office, *options):
            until(lambda: not missed(office, portal, brittle.folder))
    assert duban(office, "rebuild", "--verify-only").code == 0
    assert wrong(brittle.folder) == []


def test_permissions_taken_away_while_serving_lose_nothing(office: Path) -> None:
    data = office / "data"
    with Portal(office / "county", release_every_s=3600) as portal:
        options = crawling(office, portal)
        with served(office, *options, "--verbose", prefix=without_privileges()) as server:
            until(lambda: not missed(office, portal, data))
            allow(data, writing=False)
            release_all(portal)
            refused = 0
            assert server.process.stderr is not None
            for line in server.process.stderr:
                refused += "the round was broken off: 原文目录" in line
                if refused == 2:
                    break
            assert server.process.poll() is None
            assert missed(office, portal, data)
            allow(data, writing=True)
            until(lambda: not missed(office, portal, data))
        allow(data, writing=False)
        with (
            pytest.raises(AssertionError, match="只能读、不能写"),
            served(office, *options, prefix=without_privileges()),
        ):
            pass
        allow(data, writing=True)
    assert duban(office, "rebuild", "--verify-only").code == 0
    assert wrong(data) == []
