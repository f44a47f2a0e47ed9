"""The same report through other programs: Chromium prints pages, LibreOffice converts documents.

What these programs write differs from run to run and from version to version, so `make` never
uses them; tests and benchmarks do where the programs are installed.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path
from typing import Literal

from duban.errors import UsageError

Target = Literal["pdf", "odt", "doc", "rtf"]
_LIMIT_S = 120


def printed_by_chromium(page: bytes, chromium: str) -> bytes:
    """An html page as the pdf a browser prints; `chromium` is the program's path."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "page.html"), Path(folder, "page.pdf")
        source.write_bytes(page)
        _run(
            [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={folder}/profile",
                f"--print-to-pdf={target}", source.as_uri(),
            ],
            target,
        )  # fmt: skip
        return target.read_bytes()


def converted_by_libreoffice(document: bytes, target: Target, soffice: str) -> bytes:
    """A docx as another format; `soffice` is the program's path."""
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder, "report.docx"), Path(folder, f"report.{target}")
        source.write_bytes(document)
        _run(
            [
                soffice, "--headless", "--norestore", f"-env:UserInstallation=file://{folder}/profile",
                "--convert-to", target, "--outdir", folder, str(source),
            ],
            made,
        )  # fmt: skip
        return made.read_bytes()


def _run(command: list[str], expected: Path) -> None:
    """Runs a program that must write `expected`; raises UsageError with its words if not."""
    try:
        done = subprocess.run(  # noqa: S603 - the caller names the program, no shell
            command, capture_output=True, timeout=_LIMIT_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise UsageError(f"{command[0]} 无法运行：{error}") from error
    if not expected.is_file():
        said = done.stderr.decode(errors="replace").strip()[-300:]
        raise UsageError(f"{command[0]} 没有写出 {expected.name}：{said}")
