"""`duban samples portal`: a county on loopback that another process can watch."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from duban.crawler.roster import load


def test_it_serves_the_county_of_the_roster_it_writes_until_told_to_end(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
    county, roster = tmp_path / "county", tmp_path / "roster.yaml"
    command = [str(Path(sys.executable).with_name("duban")), "samples", "portal", str(county)]
    options = ["--port", str(port), "--agencies", "5", "--roster", str(roster)]
    portal = subprocess.Popen([*command, *options], stderr=subprocess.PIPE)
    try:
        until = time.monotonic() + 60
        while not roster.exists() or not roster.stat().st_size:
            assert portal.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)
        agencies = load(roster)
        column = agencies[0].columns[0]
        with urllib.request.urlopen(column, timeout=10) as page:
            assert page.status == 200
    finally:
        portal.send_signal(signal.SIGTERM)
        _, said = portal.communicate(timeout=30)

    assert column.startswith(f"http://127.0.0.1:{port}/")
    assert portal.returncode == 0
    assert f"http://127.0.0.1:{port}/" in said.decode()
