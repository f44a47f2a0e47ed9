"""The office's own files: data folder, history, rules, calendar, alerts."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from duban import assets
from duban.adapters.clock import SystemClock
from duban.adapters.embedded import schema
from duban.adapters.embedded.database import translated
from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.whole import refuse_a_lost_history
from duban.adapters.holidays import days_off
from duban.doctor.finding import Finding, good, note, wrong
from duban.domain.event import decode
from duban.errors import EventError
from duban.rulebook import deadlines, load, lock

LITTLE_ROOM = 5 * 1024**3  # bytes: room for about a season of a city
NO_ROOM = 512 * 1024**2
_HERE = "本机 / here"


def folder(data: Path) -> Iterator[Finding]:
    """Whether the data folder can be written to, and how much room there is."""
    place = next((one for one in (data, *data.resolve().parents) if one.exists()), Path("/"))
    if not place.is_dir() or not os.access(place, os.W_OK | os.X_OK):
        yield wrong("data", data, "这个目录不能写：请更正 --data，或改正权限。",
                    "cannot be written to: please correct --data, or its permissions.",
                    f"chown -R $(id -u) {place}")  # fmt: skip
        return
    free = shutil.disk_usage(place).free
    room, en = f"剩余 {_size(free)}", f"{_size(free)} free"
    if free < NO_ROOM:
        yield wrong("disk", data, f"{room}：请先腾出空间，或搬到别处。",
                    f"{en}: please make room, or move.", _moving(data))  # fmt: skip
    elif free < LITTLE_ROOM:
        yield note("disk", data, f"{room}，不多了。", f"{en}, which is little.", _moving(data))
    else:
        yield good("disk", data, room, en)


def history(data: Path) -> Iterator[Finding]:
    """The data file, and the clock against what was recorded last. Nothing is written."""
    refuse_a_lost_history(data)
    file = data / "duban.db"
    if not file.is_file():
        yield note("history", file, "还没有数据：第一次启动时建立。",
                   "no data yet: made at the first start.")  # fmt: skip
        return
    with translated(file), closing(_reading(file)) as connection:
        owner, version = (
            int(connection.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("application_id", "user_version")
        )
        if owner != schema.LAYOUT.application_id:
            yield wrong("history", file, "不是督办的数据文件：请更正 --data。",
                        "is no data file of duban: please correct --data.")  # fmt: skip
            return
        if version > schema.VERSION:
            yield wrong("history", file, f"由更新的督办写成（第 {version} 版）：请升级本程序。",
                        f"written by a newer duban (version {version}): please upgrade.",
                        "pip install --upgrade duban")  # fmt: skip
            return
        events = connection.execute("SELECT max(position) FROM event").fetchone()[0] or 0
        last = _last_recorded(connection)
    yield good("history", file, f"已记录 {events} 个事件", f"{events} events recorded")
    yield from clock(last)


def clock(last: datetime | None) -> Iterator[Finding]:
    """This machine's clock against the time of the last fact."""
    here = SystemClock(last)
    problem = here.problem()
    if problem is not None:
        yield wrong("clock", _HERE, problem.zh, problem.en, "timedatectl set-ntp true")
        return
    now = here.now().strftime("%Y-%m-%d %H:%M:%S")
    yield good("clock", _HERE, f"{now}（北京时间）", f"{now} (Asia/Shanghai)")


def rules(given: Path | None) -> Iterator[Finding]:
    """Whether the rules can be read, and are those their lock names."""
    place = assets.find("rules", given)
    book = load(place)
    here = f" --rules {place}" if given else ""
    for problem in lock.check(place):
        yield wrong("rules", place, problem, problem, f"duban rules check{here}")
    yield good("rules", place, f"规则集 {book.version}，{len(book.rules)} 条",
               f"rules {book.version}, {len(book.rules)} of them")  # fmt: skip


def calendar(given: Path | None, today: str) -> Iterator[Finding]:
    """Whether the days off of this year and of the next last day are known."""
    almanac = deadlines.load(assets.find("rules", given), days_off)
    until = almanac.holidays_until
    upgrade = "pip install --upgrade chinesecalendar"
    unknown = almanac.unknown_year(today)
    if int(today[:4]) not in almanac.days_off:
        yield wrong("calendar", "chinesecalendar", f"今年（{today[:4]}）的节假日安排不在其中，"
                    "短期逾期只能作提示；用容器的请换用新的镜像。",
                    f"the days off of {today[:4]} are not known; short delays are no "
                    "more than notes. In a container: use a newer image.", upgrade)  # fmt: skip
    elif unknown is not None:
        yield note("calendar", "chinesecalendar", f"{unknown} 年的节假日安排还不在其中：国务院"
                   "公布后请升级，用容器的请换用新的镜像。", f"the days off of {unknown} are not "
                   "known yet: upgrade when they are published; in a container, use a newer "
                   "image.", upgrade)  # fmt: skip
    else:
        yield good("calendar", "chinesecalendar", f"节假日已知至 {until} 年",
                   f"days off are known until {until}")  # fmt: skip


def alerts(file: Path, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the plan of whom to tell can be read; nothing is sent."""
    from duban.notifying.plan_file import load as load_plan

    plan = load_plan(file, environment)
    yield good("alerts", file, f"{len(plan.routes)} 条路由，{len(plan.channels)} 个渠道",
               f"{len(plan.routes)} routes, {len(plan.channels)} channels")  # fmt: skip


def _last_recorded(connection: sqlite3.Connection) -> datetime | None:
    """When the last fact was recorded, as far as it can be read."""
    found = []
    for topic in ("facts", "posted"):
        for packed, body in connection.execute(
            "SELECT packed, body FROM event WHERE topic = ? ORDER BY position DESC LIMIT 1",
            (topic,),
        ):
            with suppress(EventError):
                found.append(decode(unpack(packed, body)).at)
    return max(found, default=None)


def _reading(file: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=10)


def _moving(data: Path) -> str:
    return f"duban backup --data {data} 备份.zip"


def _size(count: int) -> str:
    return f"{count / 1024**3:.1f} GiB"
