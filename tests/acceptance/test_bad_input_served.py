"""`duban serve` on data that were damaged: refused in a sentence, or served whole again."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.events import posted
from duban.testing.office import fill_office, open_office
from duban.testing.serving import served

DUBAN = Path(sys.executable).parent / "duban"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    fill_office(folder)
    with EmbeddedStore(folder) as store:
        store.blobs.put(b"kept")
        store.log.append([posted("kept")])
        open_office(store).run_until_idle()
    with closing(sqlite3.connect(folder / "duban.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def get(address: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(address, timeout=20) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def wait_for_aside(address: str, count: int) -> list[dict[str, Any]]:
    """What is set aside, once it is so much."""
    end = time.monotonic() + 20
    while True:
        found: list[dict[str, Any]] = json.loads(get(address + "api/v1/aside")[1])
        if len(found) == count or time.monotonic() > end:
            return found
        time.sleep(0.1)


def post(address: str, body: dict[str, str]) -> None:
    asked = urllib.request.Request(address, json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(asked, timeout=20) as answer:
        assert answer.status == 200


def test_a_history_cut_in_half_is_not_served(data: Path) -> None:
    history = (data / "duban.db").read_bytes()
    (data / "duban.db").write_bytes(history[: len(history) // 2])

    run = subprocess.run(
        [DUBAN, "serve", "--no-crawl", "--port", "0", "--data", data],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert run.returncode == 2
    first, second = run.stderr.splitlines()
    assert first == f"错误：数据文件 {data}/duban.db 已损坏：请用备份恢复（duban restore）。"
    assert second.startswith(f"Error: The data file {data}/duban.db is damaged")
    assert (data / "duban.db").read_bytes() == history[: len(history) // 2]


def test_views_cut_in_half_are_served_whole_and_an_altered_original_is_not_handed_out(
    data: Path, tmp_path: Path
) -> None:
    views = next(path for path in (data / "views").iterdir() if path.suffix == ".db")
    views.write_bytes(views.read_bytes()[: views.stat().st_size // 2])
    sha256 = posted("kept").body.sha256  # type: ignore[union-attr]
    (data / "blobs" / sha256[:2] / sha256[2:]).write_bytes(b"kopt")

    with served(tmp_path, "--no-crawl") as server:
        status, page = get(server.address + "api/v1/overview")
        assert status == 200
        assert json.loads(page)["ledger"]
        status, page = get(server.address + f"original/{sha256}")
        assert status == 503
        assert b"kopt" not in page
        assert "。" in page.decode()
        assert get(server.address)[0] == 200

        (aside,) = wait_for_aside(server.address, 1)
        assert f"原文 {sha256} 已损坏" in aside["cause"]
        (data / "blobs" / sha256[:2] / sha256[2:]).write_bytes(b"kept")
        asked = {name: aside[name] for name in ("event_id", "unit", "key")}
        post(server.address + "api/v1/retry", {**asked, "by": "张三", "reason": "已从备份放回"})
        assert wait_for_aside(server.address, 0) == []
