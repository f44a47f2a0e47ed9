"""A server on loopback that speaks S3 and keeps buckets in memory."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping, Sequence

from tests.stack.server import LOOPBACK, Server, free_ports


class S3Server(Server):
    """Lets everyone in; `url` is its endpoint."""

    name = "s3"

    def __init__(self) -> None:
        super().__init__()
        (self._port,) = free_ports(1)
        self.url = f"http://{LOOPBACK}:{self._port}"

    def _command(self) -> Sequence[str]:
        return [sys.executable, "-m", "moto.server", "-H", LOOPBACK, "-p", str(self._port)]

    def _environment(self) -> Mapping[str, str]:
        # It must not look for a cloud that it might be running in.
        return {"AWS_EC2_METADATA_DISABLED": "true"}

    def _answers(self) -> bool:
        try:
            socket.create_connection((LOOPBACK, self._port), 1.0).close()
        except OSError:
            return False
        return True
