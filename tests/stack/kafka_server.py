"""A real Kafka broker on loopback, alone or one of several: open, with a login, and encrypted."""

from __future__ import annotations

import base64
import socket
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kafka.admin import KafkaAdminClient
from tests.stack.certificate import certified
from tests.stack.fetch import Programs
from tests.stack.server import LOOPBACK, Server, free_ports

USER, PASSWORD = "duban", "geheim"


def _identity() -> str:
    # One that begins with - would be taken for an option, one time in 64.
    return base64.urlsafe_b64encode(b"\0" + uuid.uuid4().bytes[1:]).decode().rstrip("=")


@dataclass(frozen=True)
class Seat:
    """Which broker of which cluster: `controllers` are the ports of all, by number."""

    number: int
    controllers: Mapping[int, int]
    cluster: str = field(default_factory=_identity)
    heap_mb: int = 512


class KafkaServer(Server):
    """The broker: at `address` for everyone, at `login_address` for USER with PASSWORD (PLAIN).

    At `tls_address` it does the same as at the latter, encrypted; its certificate is trusted by
    the authority in `ca_file`.
    """

    name = "kafka"

    def __init__(self, programs: Programs, seat: Seat | None = None) -> None:
        super().__init__()
        self._seat = seat or Seat(1, {1: free_ports(1)[0]})
        self._java = str(programs.kafka_java / "bin" / "java")
        self._libraries = f"{programs.kafka}/*"
        self._port, login, tls = free_ports(3)
        self.address = f"{LOOPBACK}:{self._port}"
        self.login_address = f"{LOOPBACK}:{login}"
        self.tls_address = f"{LOOPBACK}:{tls}"
        self.ca_file, self._certificate = certified(self.folder)
        self._properties = self.folder / "server.properties"
        self._properties.write_text("\n".join(self._settings()) + "\n")
        self._format()

    def _settings(self) -> Sequence[str]:
        seat, copies = self._seat, len(self._seat.controllers)
        voters = ",".join(f"{n}@{LOOPBACK}:{port}" for n, port in seat.controllers.items())
        open_ = (
            f"PLAINTEXT://{self.address},SASL_PLAINTEXT://{self.login_address},"
            f"SASL_SSL://{self.tls_address}"
        )
        known = f'username="{USER}" password="{PASSWORD}" user_{USER}="{PASSWORD}"'
        module = "org.apache.kafka.common.security.plain.PlainLoginModule"
        return (
            "process.roles=broker,controller",
            f"node.id={seat.number}",
            f"listeners={open_},CONTROLLER://{LOOPBACK}:{seat.controllers[seat.number]}",
            f"advertised.listeners={open_}",
            "controller.listener.names=CONTROLLER",
            "inter.broker.listener.name=PLAINTEXT",
            "listener.security.protocol.map="
            "PLAINTEXT:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,"
            "CONTROLLER:PLAINTEXT",
            "sasl.enabled.mechanisms=PLAIN",
            f"listener.name.sasl_plaintext.plain.sasl.jaas.config={module} required {known};",
            f"listener.name.sasl_ssl.plain.sasl.jaas.config={module} required {known};",
            "ssl.keystore.type=PEM",
            f"ssl.keystore.location={self._certificate}",
            f"controller.quorum.voters={voters}",
            f"offsets.topic.replication.factor={copies}",
            "offsets.topic.num.partitions=4",
            f"transaction.state.log.replication.factor={copies}",
            "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
            "auto.create.topics.enable=false",
            f"log.dirs={self.folder / 'data'}",
        )

    def _format(self) -> None:
        """Give the storage the id of its cluster, once."""
        tool = [self._java, "-cp", self._libraries, "kafka.tools.StorageTool", "format"]
        subprocess.run(
            [*tool, "-t", self._seat.cluster, "-c", str(self._properties)],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _command(self) -> Sequence[str]:
        memory = [f"-Xmx{self._seat.heap_mb}m", "-Xms256m"]
        return [self._java, *memory, "-cp", self._libraries, "kafka.Kafka", str(self._properties)]

    def _answers(self) -> bool:
        """Whether it listens: a client that finds nobody leaves sockets open."""
        try:
            socket.create_connection((LOOPBACK, self._port), 1.0).close()
        except OSError:
            return False
        KafkaAdminClient(bootstrap_servers=self.address).close()
        return True
