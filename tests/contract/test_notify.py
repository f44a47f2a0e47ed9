"""The channels keep what a notifier promises, each against a real receiver on this machine."""

from __future__ import annotations

import email
import email.policy
import json
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from duban.adapters.notify.apprise_channel import AppriseChannel
from duban.adapters.notify.file_channel import LINES, FileChannel
from duban.errors import NotifyError, UsageError
from duban.notifying.plan import Address
from duban.testing.notifier import NotifierContract, Received, message

SECRET = "s3cret"
# apprise loads its plugins at the first address, and one of them asks for this old module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class TestFileChannel(NotifierContract):
    @pytest.fixture
    def notifier(self, tmp_path: Path) -> FileChannel:
        return FileChannel(tmp_path / "out")

    @pytest.fixture
    def received(self, tmp_path: Path) -> Callable[[], list[Received]]:
        def read() -> list[Received]:
            found = []
            for path in sorted((tmp_path / "out").glob("*.txt")):
                subject, _, text = path.read_text("utf-8").partition("\n\n")
                found.append(Received(subject, text))
            lines = (tmp_path / "out" / LINES).read_text("utf-8").splitlines()
            assert len(lines) == len(found)
            assert [json.loads(line)["subject"] for line in lines] == [one[0] for one in found]
            return found

        return read

    @pytest.fixture
    def deaf(self, tmp_path: Path) -> FileChannel:
        (tmp_path / "file").write_text("not a folder")
        return FileChannel(tmp_path / "file" / "out")

    @pytest.mark.parametrize("left", [0, 1, 40, 10_000])
    def test_a_crash_while_writing_leaves_no_half_line_and_loses_nothing(
        self, tmp_path: Path, left: int
    ) -> None:
        folder = tmp_path / "out"
        FileChannel(folder).send(message("a" * 32))
        FileChannel(folder).send(message("b" * 32))
        lines = folder / LINES
        whole = lines.read_bytes()
        first = whole.index(b"\n") + 1
        lines.write_bytes(whole[: first + left])
        for text in folder.glob("*bbb.txt"):
            text.unlink()

        FileChannel(folder).send(message("b" * 32))

        assert lines.read_bytes() == whole
        assert len(list(folder.glob("*.txt"))) == 2


class Hooked(ThreadingHTTPServer):
    """Takes every posting; `status` is its answer."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Hook)
        self.status = 200
        self.got: list[tuple[dict[str, str], Any]] = []


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        server = self.server
        assert isinstance(server, Hooked)
        server.got.append((dict(self.headers), json.loads(data)))
        self.send_response(server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def hook() -> Iterator[Hooked]:
    with Hooked() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


class TestWebhook(NotifierContract):
    recognises_repetitions = False

    @pytest.fixture
    def notifier(self, hook: Hooked) -> AppriseChannel:
        return AppriseChannel("钩", Address(f"json://u:{SECRET}@127.0.0.1:{hook.server_port}/in"))

    @pytest.fixture
    def received(self, hook: Hooked) -> Callable[[], list[Received]]:
        return lambda: [Received(one["title"], one["message"]) for _, one in hook.got]

    @pytest.fixture
    def deaf(self) -> AppriseChannel:
        return AppriseChannel("聋", Address(f"json://u:{SECRET}@127.0.0.1:{free_port()}/in"))

    def test_a_receiver_can_tell_a_message_by_its_header(
        self, hook: Hooked, notifier: AppriseChannel
    ) -> None:
        notifier.send(message("c" * 32))

        assert hook.got[0][0]["X-Duban-Message"] == "c" * 32

    def test_a_refusal_tells_the_answer_and_nothing_of_the_address(
        self,
        hook: Hooked,
        notifier: AppriseChannel,
        caplog: pytest.LogCaptureFixture,
        capfd: pytest.CaptureFixture[str],
    ) -> None:
        hook.status = 403
        caplog.set_level(logging.DEBUG)

        with pytest.raises(NotifyError, match="403"):
            notifier.send(message())

        assert SECRET not in caplog.text + "".join(capfd.readouterr())


class _Box:
    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return "250 OK"


class TestMail(NotifierContract):
    recognises_repetitions = False

    @pytest.fixture
    def box(self) -> Iterator[tuple[_Box, int]]:
        box, port = _Box(), free_port()
        controller = Controller(box, hostname="127.0.0.1", port=port)
        controller.start()
        yield box, port
        controller.stop()

    @pytest.fixture
    def notifier(self, box: tuple[_Box, int]) -> AppriseChannel:
        return AppriseChannel("邮", Address(self.address(box[1])))

    @pytest.fixture
    def deaf(self) -> AppriseChannel:
        return AppriseChannel("聋", Address(self.address(free_port()) + f"&x={SECRET}"))

    @pytest.fixture
    def received(self, box: tuple[_Box, int]) -> Callable[[], list[Received]]:
        def read() -> list[Received]:
            found = []
            for data in box[0].mails:
                mail = email.message_from_bytes(data, policy=email.policy.default)
                body = mail.get_body(("plain", "html"))
                assert body is not None
                found.append(Received(str(mail["Subject"]), body.get_content()))
            return found

        return read

    def address(self, port: int) -> str:
        return (
            f"mailto://127.0.0.1:{port}?mode=insecure&smtp=127.0.0.1"
            "&from=duban@example.gov.cn&to=officer@example.gov.cn&format=text"
        )

    def test_a_mail_names_the_message_in_its_head(
        self, box: tuple[_Box, int], notifier: AppriseChannel
    ) -> None:
        notifier.send(message("d" * 32))

        assert email.message_from_bytes(box[0].mails[0])["X-Duban-Message"] == "d" * 32


@pytest.mark.parametrize(
    "url",
    [
        "dingtalk://abcdefghijkl0123456789abcdefghijkl0123456789",
        "dingtalk://SECRETSECRET@abcdefghijkl0123456789",
        "wecombot://693a83f6-7aca-4ca5-8f4f-1234567890ab",
        "feishu://693a83f6-7aca-4ca5-8f4f-1234567890ab",
        "lark://693a83f6-7aca-4ca5-8f4f-1234567890ab",
        "mailtos://user:pass@smtp.example.gov.cn?to=a@example.gov.cn",
        "jsons://example.gov.cn/hook?token=abc",
    ],
)
def test_addresses_of_the_channels_that_offices_use_are_known(url: str) -> None:
    AppriseChannel("x", Address(url))


def test_an_address_that_cannot_be_used_is_told_without_being_shown() -> None:
    with pytest.raises(UsageError) as error:
        AppriseChannel("群", Address(f"nosuch://{SECRET}"))

    assert "群" in str(error.value)
    assert "nosuch://***" in str(error.value)
    assert SECRET not in f"{error.value} {error.value.english}"


def test_without_apprise_one_sentence_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)

    with pytest.raises(UsageError, match=r"duban\[alerts\]"):
        AppriseChannel("邮", Address("mailto://127.0.0.1"))


def test_an_address_is_shown_nowhere() -> None:
    assert SECRET not in repr(Address(f"json://{SECRET}@h")) + str(Address(f"json://{SECRET}@h"))
