"""The services of docker-compose.yml as processes of this machine, with their own command lines."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.stack.server import LOOPBACK, free_ports
from tests.unit.deploy.compose_file import ROOT, ours

_PATIENCE_S = 240.0


class Composed:
    """What stands for the network and the volumes: ports and folders of this run."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        self._given = environment
        self._ports: dict[tuple[str, str], int] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        for name in ("originals", "portal"):
            (folder / name).mkdir()
        alerts = (ROOT / "deploy" / "alerts.yaml").read_text("utf-8")
        (folder / "alerts.yaml").write_text(
            alerts.replace("/var/lib/duban/messages", str(folder / "messages"))
            + "window_minutes: 0\n",  # nobody waits ten minutes in a test
            "utf-8",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
            process.wait()

    def run(self, name: str) -> subprocess.CompletedProcess[str]:
        """A job, to its end."""
        return subprocess.run(
            self._command(name), env=self._environment(name), capture_output=True, text=True,
            check=False, timeout=_PATIENCE_S,
        )  # fmt: skip

    def start(self, name: str) -> None:
        """A service; it is there when its own health check says so."""
        with (self._folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                self._command(name), env=self._environment(name), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + _PATIENCE_S
        while not self._is_healthy(name):
            if self._running[name].poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{name} does not start:\n{self.said(name)}")
            time.sleep(0.5)

    def kill(self, name: str) -> None:
        """End a service at once, whatever it is doing."""
        self._running[name].kill()
        self._running[name].wait()

    def wait_until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition; fails with all logs when it takes too long or a service ends."""
        until = time.monotonic() + _PATIENCE_S
        while not holds():
            logs = "\n".join(f"--- {name}\n{self.said(name)}" for name in self._running)
            ended = [name for name, one in self._running.items() if one.poll() is not None]
            assert not ended, f"{ended} ended:\n{logs}"
            assert time.monotonic() < until, logs
            time.sleep(1)

    def stop(self) -> dict[str, int]:
        """End all as Compose does; what each ended with."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        return {name: process.wait(60) for name, process in self._running.items()}

    def said(self, name: str) -> str:
        """The end of a service's log."""
        return (self._folder / f"{name}.log").read_text("utf-8", "replace")[-3000:]

    def ask(self, name: str, inside: int, path: str) -> Any:
        """What the service answers at a path of the port it has in its container."""
        url = f"http://{LOOPBACK}:{self._port(name, str(inside))}{path}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            body = answer.read().decode()
        return json.loads(body) if path.startswith("/api/") else body

    def environment(self, name: str) -> Mapping[str, str]:
        """The settings of a service, where they point to in this run."""
        return self._environment(name)

    def _command(self, name: str) -> Sequence[str]:
        arguments = [self._here(name, one) for one in ours()[name]["command"]]
        return [str(Path(sys.executable).with_name("duban")), *arguments]

    def _here(self, name: str, argument: str) -> str:
        option, equals, value = argument.partition("=")
        if option == "--port":
            value = str(self._port(name, value))
        found = (option + equals + value).replace("0.0.0.0", LOOPBACK)
        own = self._folder / name
        return (
            found.replace("/var/lib/duban", str(own))
            .replace("/srv/portal", str(self._folder / "portal"))
            .replace("/srv/alerts.yaml", str(self._folder / "alerts.yaml"))
        )

    def _environment(self, name: str) -> Mapping[str, str]:
        wanted = {key: str(value) for key, value in ours()[name]["environment"].items()}
        wanted["DUBAN_BLOBS_URL"] = str(self._folder / "originals")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("DUBAN_")}
        given = {key: value for key, value in self._given.items() if value}
        dropped = {key for key, value in self._given.items() if not value}
        return {k: v for k, v in {**kept, **wanted, **given}.items() if k not in dropped}

    def _port(self, name: str, inside: str) -> int:
        """Each service has its ports to itself; several units take the ones after the first."""
        if (name, inside) not in self._ports:
            self._ports[name, inside] = free_ports(1)[0]
        return self._ports[name, inside]

    def _is_healthy(self, name: str) -> bool:
        code: str = ours()[name]["healthcheck"]["test"][-1]
        url = code.partition("urlopen('")[2].partition("'")[0]
        inside = url.rpartition(":")[2].partition("/")[0]
        path = "/" + url.partition("//")[2].partition("/")[2]
        with contextlib.suppress(OSError, urllib.error.URLError):
            self.ask(name, int(inside), path)
            return True
        return False
