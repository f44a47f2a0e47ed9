"""What stands in a backup: its manifest, and the names its members may have."""

from __future__ import annotations

import re

import msgspec

from duban.errors import UsageError

FORMAT = "duban-backup"
VERSION = 1
NAME = "manifest.json"
DATABASE = "duban.db"
_BLOB = re.compile(r"blobs/([0-9a-f]{2})/([0-9a-f]{62})\Z")
LARGEST = 512 * 1024 * 1024  # of a manifest, in bytes


class Member(msgspec.Struct, frozen=True):
    """A file of the backup, with its size in bytes."""

    name: str
    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`heads` and `counts` are the last position and the number of events of each topic.

    `missing` are blobs that events name and that were not there, or were damaged.
    """

    format: str
    version: int
    program: str
    made_at: str
    schema: int
    heads: dict[str, int]
    counts: dict[str, int]
    members: tuple[Member, ...]
    missing: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """How many bytes the members have together."""
        return sum(member.size for member in self.members)


class _Kind(msgspec.Struct, frozen=True):
    format: str
    version: int


def blob_name(sha256: str) -> str:
    """The name of a blob in a backup and in the data folder."""
    return f"blobs/{sha256[:2]}/{sha256[2:]}"


def parse(data: bytes, of: str) -> Manifest:
    """Read a manifest and check it; UsageError, about the file `of`, where it is not ours."""
    try:
        kind = msgspec.json.decode(data, type=_Kind)
        if kind.format == FORMAT and kind.version > VERSION:
            raise UsageError(
                f"备份 {of} 由更新版本的 duban 写成（格式第 {kind.version} 版，"
                f"本程序只认识到第 {VERSION} 版）：请升级 duban 后再试。",
                f"The backup {of} was written by a newer duban (format {kind.version}, this one "
                f"knows {VERSION}): please upgrade.",
            )
        manifest = msgspec.json.decode(data, type=Manifest)
    except msgspec.MsgspecError as error:
        raise foreign(of) from error
    names = [member.name for member in manifest.members]
    if manifest.format != FORMAT or len(set(names)) != len(names) or DATABASE not in names:
        raise foreign(of)
    for member in manifest.members:
        blob = _BLOB.match(member.name)
        is_right = member.name == DATABASE or (blob and "".join(blob.groups()) == member.sha256)
        if not is_right or member.size < 0:
            raise foreign(of)
    return manifest


def foreign(of: str) -> UsageError:
    """The file was not written by `duban backup`, or not as it is now."""
    return UsageError(
        f"{of} 不是 duban 的备份，或已被改动：请检查路径，或换另一份备份。",
        f"{of} is no backup of duban, or was changed; nothing was restored: please check the path, "
        "or use another backup.",
    )
