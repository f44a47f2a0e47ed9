"""Finished counties beside the site until all are there, so that an interrupted call goes on."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec

from duban.errors import UsageError
from duban.samples.county import Made
from duban.samples.plan import Plan

FOLDER = "parts"
_PLAN = "plan.json"


class Parts:
    """The folder of finished counties; each is there whole or not at all."""

    def __init__(self, directory: Path, plan: Plan) -> None:
        self._folder = directory / FOLDER
        self._plan = plan

    def begin(self) -> bool:
        """True where nothing was begun; UsageError where another plan was begun and not ended."""
        try:
            before = msgspec.json.decode((self._folder / _PLAN).read_bytes(), type=Plan)
        except FileNotFoundError:
            self._folder.mkdir(parents=True, exist_ok=True)
            _written(self._folder / _PLAN, msgspec.json.encode(self._plan))
            return True
        except msgspec.MsgspecError as error:
            raise self._refusal("记录已损坏") from error
        if before != self._plan:
            raise self._refusal("参数不同")
        return False

    def _refusal(self, why: str) -> UsageError:
        place = self._folder.parent
        return UsageError(
            f"目录 {place} 中有一次未完成的生成（{why}）：请用当时的参数继续，或先删除该目录。"
        )

    def __contains__(self, number: int) -> bool:
        return self._about(number).exists()

    def keep(self, number: int, made: Made, lines: list[str]) -> None:
        """Keep a finished county; the file that says so is written last."""
        _written(self._truth(number), "".join(f"{line}\n" for line in lines).encode())
        _written(self._about(number), msgspec.json.encode(made))

    def all(self) -> Iterator[Made]:
        """What was made, county after county."""
        for number in self._numbers():
            yield msgspec.json.decode(self._about(number).read_bytes(), type=Made)

    def lines(self) -> Iterator[str]:
        """The truth of every report, county after county."""
        for number in self._numbers():
            with self._truth(number).open(encoding="utf-8", newline="\n") as lines:
                for line in lines:
                    yield line.rstrip("\n")

    def remove(self) -> None:
        """Remove the folder, when all it held stands elsewhere; the plan goes last."""
        for path in sorted(self._folder.iterdir()):
            if path.name != _PLAN:
                path.unlink()
        shutil.rmtree(self._folder)

    def _numbers(self) -> list[int]:
        return sorted(int(path.stem) for path in self._folder.glob("[0-9]*.json"))

    def _about(self, number: int) -> Path:
        return self._folder / f"{number}.json"

    def _truth(self, number: int) -> Path:
        return self._folder / f"{number}.truth"


def _written(path: Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    part.write_bytes(data)
    part.replace(path)
