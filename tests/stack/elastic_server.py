"""A real Elasticsearch on loopback, alone or one of several, without security, with few modules."""

from __future__ import annotations

import os
import pwd
import shutil
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.stack.fetch import Programs
from tests.stack.server import LOOPBACK, Server, free_ports

# The distribution's own options ask for a module that small runtimes lack, and write files.
_JVM_OPTIONS = "-XX:+UseG1GC\n-Djava.io.tmpdir=${ES_TMPDIR}\n-XX:+ExitOnOutOfMemoryError\n"


class Seat(NamedTuple):
    """Which node of which cluster: `transports` are the ports by which all find one another."""

    number: int
    transports: Sequence[int]


class ElasticServer(Server):
    """The node; it refuses to run as root, so that root runs it as nobody."""

    name = "elasticsearch"

    def __init__(self, programs: Programs, seat: Seat | None = None) -> None:
        super().__init__()
        self._home = programs.elastic
        self._java = programs.elastic_java
        self._seat = seat or Seat(0, free_ports(1))
        (self._port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{self._port}"
        for name in ("config", "data", "logs", "tmp"):
            (self.folder / name).mkdir()
        self._configure()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody").pw_uid
            for path in (self.folder, *self.folder.rglob("*")):
                os.chown(path, nobody, nobody)
            self._user = str(nobody)

    def _configure(self) -> None:
        config = self.folder / "config"
        shutil.copy(self._home / "config" / "log4j2.properties", config)
        (config / "jvm.options").write_text(_JVM_OPTIONS)
        (config / "elasticsearch.yml").write_text(
            f"{self._discovery()}"
            f"node.name: n{self._seat.number}\n"
            f"network.host: {LOOPBACK}\n"
            f"http.port: {self._port}\n"
            f"transport.port: {self._seat.transports[self._seat.number]}\n"
            "xpack.security.enabled: false\n"
            "cluster.routing.allocation.disk.threshold_enabled: false\n"
            f"path.data: {self.folder / 'data'}\n"
            f"path.logs: {self.folder / 'logs'}\n"
        )

    def _discovery(self) -> str:
        transports = self._seat.transports
        if len(transports) == 1:
            return "discovery.type: single-node\n"
        hosts = ", ".join(f'"{LOOPBACK}:{port}"' for port in transports)
        names = ", ".join(f"n{number}" for number in range(len(transports)))
        return f"discovery.seed_hosts: [{hosts}]\ncluster.initial_master_nodes: [{names}]\n"

    def _command(self) -> Sequence[str]:
        return ["bash", str(self._home / "bin" / "elasticsearch")]

    def _environment(self) -> Mapping[str, str]:
        return {
            "ES_JAVA_HOME": str(self._java),
            "ES_PATH_CONF": str(self.folder / "config"),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            "HOME": str(self.folder),
        }

    def _answers(self) -> bool:
        health = f"{self.url}/_cluster/health?wait_for_status=yellow&timeout=1s"
        try:
            with urllib.request.urlopen(health, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
