"""The port that pages are served on."""

from __future__ import annotations

import socket
from contextlib import closing

from duban.cli.listening import take_port


def test_an_answer_in_several_pieces_does_not_wait_for_the_reader_to_confirm_the_first() -> None:
    with (
        take_port("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        closing(listener.accept()[0]) as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
