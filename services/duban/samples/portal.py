"""A made county as a web site on 127.0.0.1, able to post its reports little by little."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import yaml

from duban.domain.agency import Agency
from duban.errors import UsageError
from duban.samples import encoding
from duban.samples import site as sites
from duban.samples.lists import list_pages
from duban.samples.posting import Posting
from duban.samples.serving import Server

HOST = "127.0.0.1"
_STATE = "portal.json"


class Portal:
    """Serves the folder `make` wrote; never opens an outside connection.

    With `release_every_s` the newest reports are held back but for the first few, and one is
    posted every so many seconds; `portal.json` in the folder remembers how many, so that a later
    start goes on from there. With `today` nothing dated later is there. Port 0 takes a free one.
    Raises UsageError for a folder that was not made by `make` and for a port in use.
    """

    def __init__(
        self,
        directory: Path,
        port: int = 0,
        release_every_s: float | None = None,
        today: Callable[[], str] | None = None,
    ) -> None:
        self._folder = directory
        self._every = release_every_s
        self._port = port
        self._site = _site(directory)
        self._columns = {column.path: column for column in self._site.columns}
        self._posted = {path: entry for entry in self._site.entries for path in entry.files}
        self._listed: dict[str, list[sites.Entry]] = defaultdict(list)
        for entry in self._site.entries:
            self._listed[entry.column].append(entry)
        self._posting = Posting(
            self._site, directory / _STATE, is_slow=release_every_s is not None, today=today
        )
        self._stopping = threading.Event()
        self._server: Server | None = None
        self._threads: list[threading.Thread] = []

    @property
    def address(self) -> str:
        """The address of the running portal, without a final slash."""
        if self._server is None:
            raise UsageError("门户尚未启动：请先调用 start()。")
        return f"http://{HOST}:{self._server.server_port}"

    @property
    def waiting(self) -> int:
        """How many reports are still held back."""
        return self._posting.waiting

    @property
    def last_year(self) -> int:
        """The newest report year there is, posted or not; 0 where there is none."""
        return self._posting.last_year

    def start(self) -> Portal:
        """Begins to serve, in threads of its own."""
        try:
            self._server = Server((HOST, self._port), self)
        except OSError as error:
            raise UsageError(f"端口 {self._port} 无法使用：请换一个端口（{error}）。") from error
        self._begin(self._server.serve_forever)
        if self._every is not None:
            self._begin(self._release)
        return self

    def stop(self) -> None:
        """Ends serving and releasing; what was released stays released."""
        self._stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def __enter__(self) -> Portal:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def agencies(self) -> list[Agency]:
        """The roster with list pages at this portal's address."""
        return [
            msgspec.structs.replace(
                agency, columns=tuple(self.address + path for path in agency.columns)
            )
            for agency in roster(self._folder)
        ]

    def release_one(self) -> bool:
        """Posts the next report at once; false when none is held back."""
        return self._posting.release_one()

    def page(self, path: str) -> bytes | None:
        """The body at a path as it is visible now; None where there is nothing."""
        entry = self._posted.get(path)
        if entry is not None:
            return self._file(path) if self._posting.is_out(entry) else None
        column = self._column_of(path)
        if column is not None:
            mine = [e for e in self._listed[column.path] if self._posting.is_out(e)]
            found = list_pages(column, mine).get(path)
            return None if found is None else encoding.encoded(found, column.encoding)
        return self._file(path)

    def _column_of(self, path: str) -> sites.Column | None:
        """The column whose folder a path lies in."""
        folder = path
        while folder := folder.rstrip("/").rpartition("/")[0]:
            if (column := self._columns.get(folder + "/")) is not None:
                return column
        return None

    def _file(self, path: str) -> bytes | None:
        root = (self._folder / "site").resolve()
        target = (root / path.lstrip("/")).resolve()
        if not target.is_relative_to(root) or not target.is_file():
            return None
        return target.read_bytes()

    def posted_on(self, path: str) -> datetime | None:
        """When a detail page or file was posted, by the date its list gives; None for lists."""
        entry = self._posted.get(path)
        if entry is None:
            return None
        return datetime.fromisoformat(f"{entry.date}T09:30:00+08:00").astimezone(UTC)

    def _begin(self, work: Any) -> None:
        thread = threading.Thread(target=work, name=f"portal-{work.__name__}", daemon=True)
        thread.start()
        self._threads.append(thread)

    def _release(self) -> None:
        while not self._stopping.wait(self._every):
            self.release_one()


def roster(directory: Path) -> list[Agency]:
    """The agencies of a made folder; their columns are paths below the portal's address."""
    body = yaml.safe_load((directory / "roster.yaml").read_text("utf-8"))
    return msgspec.convert(body["agencies"], list[Agency])


def _site(directory: Path) -> sites.Site:
    try:
        return sites.from_json((directory / "site.json").read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise UsageError(
            f"{directory} 不是示例站点目录：请先运行 duban samples make 生成（{error}）。"
        ) from error
