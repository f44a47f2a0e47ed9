"""The files of a rules folder as one value, to be kept and to be unpacked again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from duban.errors import RuleError

_FILES = msgspec.json.Decoder(dict[str, str])


def copy_of(folder: Path) -> bytes:
    """All YAML and JSON files under the folder, byte for byte; the same files give the same copy.

    Raises RuleError for a file that is not UTF-8.
    """
    return msgspec.json.encode(
        {
            path.relative_to(folder).as_posix(): _text(path, folder)
            for path in sorted(folder.rglob("*"))
            if path.suffix in (".yaml", ".json") and path.is_file()
        }
    )


@contextmanager
def unpacked(copy: bytes) -> Iterator[Path]:
    """The files of a copy in a folder of their own, for as long as the block lasts."""
    with TemporaryDirectory(prefix="duban-rules-") as name:
        for relative, text in _FILES.decode(copy).items():
            path = Path(name, relative)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        yield Path(name)


def _text(path: Path, folder: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        name = path.relative_to(folder).as_posix()
        raise RuleError(f"{name}：不是 UTF-8 编码，请另存为 UTF-8。") from error
    except OSError as error:
        raise RuleError(f"{path}：无法读取（{error.strerror}），请检查规则目录。") from error
