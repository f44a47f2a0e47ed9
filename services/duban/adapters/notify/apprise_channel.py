"""Mail, webhooks and the chat programs of offices, through apprise."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from duban.domain.message import Message
from duban.errors import NotifyError, UsageError
from duban.notifying.plan import Address
from duban.notifying.wording import with_id

if TYPE_CHECKING:
    import apprise

#: Channels that carry headers of our own: there a receiver can tell a repetition by itself.
_WITH_HEADERS = ("mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms")
_HEADER = "X-Duban-Message"
_CODE = re.compile(r"error[=: ]+(\d{3})\b")


class AppriseChannel:
    """One address. Nothing of it is logged or told, as it may hold passwords.

    Raises UsageError where apprise is not installed or does not know the kind of address.
    """

    def __init__(self, name: str, address: Address) -> None:
        self._name = name
        self._address = address
        try:
            import apprise
        except ImportError as error:
            raise UsageError(
                f"渠道“{name}”要用 apprise，但没有安装：请运行 pip install 'duban[alerts]'，"
                "或改用 folder。",
                f"The channel {name} needs apprise, which is not installed: "
                "pip install 'duban[alerts]', or use a folder.",
            ) from error
        _keep_to_itself(logging.getLogger("apprise"))
        self._apprise = apprise
        self._opened("check")

    def send(self, message: Message) -> None:
        opened = self._opened(message.id)
        codes = _Codes()
        logger = logging.getLogger("apprise")
        logger.addHandler(codes)
        try:
            is_taken = opened.notify(
                body=with_id(message),
                title=message.subject,
                body_format=self._apprise.NotifyFormat.TEXT,
            )
        except Exception as error:  # a plugin's own fault; its words may hold the address
            raise NotifyError(f"渠道程序出错（{type(error).__name__}）。") from None
        finally:
            logger.removeHandler(codes)
        if not is_taken:
            code = f"（回应 {codes.last}）" if codes.last else ""
            raise NotifyError(f"对方没有接受{code}：请检查地址、密码和网络。")

    def _opened(self, message_id: str) -> apprise.Apprise:
        url = self._address.reveal()
        if self._address.scheme in _WITH_HEADERS:
            url += f"{'&' if '?' in url else '?'}+{_HEADER}={message_id}"
        opened = self._apprise.Apprise()
        if not opened.add(url):
            raise UsageError(
                f"渠道“{self._name}”的地址（{self._address}）不对：apprise 不认识，或缺少一部分。",
                f"The address of the channel {self._name} ({self._address}) is wrong: "
                "apprise does not know it, or a part is missing.",
            )
        return opened


class _Codes(logging.Handler):
    """Keeps the last answer of a server (403) that apprise tells of, and nothing else it says."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.last = ""

    def emit(self, record: logging.LogRecord) -> None:
        found = _CODE.search(record.getMessage())
        if found:
            self.last = found[1]


def _keep_to_itself(logger: logging.Logger) -> None:
    """What apprise logs may hold tokens of an address: nobody else hears it."""
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
