"""A service manager ends `duban serve` by SIGTERM, and everything is closed in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_serving_ends_in_order_when_it_is_told_to(tmp_path: Path, how: signal.Signals) -> None:
    command = [str(Path(sys.executable).with_name("duban")), "serve", "--no-crawl", "--port", "0"]
    serving = subprocess.Popen(
        [*command, "--data", str(tmp_path / "data")], stderr=subprocess.PIPE, text=True
    )
    assert serving.stderr is not None
    try:
        said = serving.stderr.readline()
        while said and not said.startswith("页面："):
            said = serving.stderr.readline()
        url = said.removeprefix("页面：").split()[0]
        with urllib.request.urlopen(f"{url}healthz", timeout=60) as answer:  # it serves by now
            assert answer.status == 200
        serving.send_signal(how)
        _, rest = serving.communicate(timeout=60)
    finally:
        if serving.poll() is None:
            serving.kill()
            serving.communicate()

    assert rest.splitlines()[-1] == "已停止；下次启动从这里继续。"
    assert serving.returncode == 0
