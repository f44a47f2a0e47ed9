"""Whatever is given, each file gets its status and reason, in bounded time and memory."""

from __future__ import annotations

import functools
import io
import json
import os
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from duban import assets
from duban.samples.making import make
from duban.testing.programs import without_privileges

SECONDS = 30.0
PEAK_MB = 1536
DUBAN = Path(sys.executable).parent / "duban"
CHECK = [str(DUBAN), "check", "--format", "json"]


class Run:
    """What one call of the checker printed, and what it cost."""

    def __init__(
        self, *arguments: object, stdin: bytes | None = None, prefix: Sequence[str] = ()
    ) -> None:
        started = time.monotonic()
        done = subprocess.run(
            [*prefix, *CHECK, *map(str, arguments)], input=stdin, capture_output=True, check=False,
            timeout=300,
        )  # fmt: skip
        self.seconds = time.monotonic() - started
        self.code = done.returncode
        self.error = done.stderr.decode()
        self.output: Any = json.loads(done.stdout) if done.stdout else None
        assert "Traceback" not in self.error

    @property
    def told(self) -> list[tuple[str, str | None]]:
        return [
            (item["status"], item["reason"] and item["reason"]["code"])
            for item in self.output["documents"]
        ]


@pytest.fixture(scope="session")
def schema() -> Any:
    return json.loads((assets.find("schemas") / "check.v1.json").read_bytes())


@pytest.fixture(scope="session")
def reports(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    make(folder, seed=5, agencies=6, years=(2023, 2024), fault_rate=0.0,
         formats=("html",))  # fmt: skip
    return folder / "site"


def sound(reports: Path) -> list[Path]:
    """The sound reports that are web pages in UTF-8."""
    label = "本年新收政府信息公开申请数量".encode()
    return sorted(path for path in reports.rglob("*.html") if label in path.read_bytes())


@pytest.fixture(scope="session")
def docx(tmp_path_factory) -> bytes:
    folder = tmp_path_factory.mktemp("docx")
    make(folder, seed=6, agencies=3, years=(2024,), fault_rate=0.0, formats=("docx",))
    return next(folder.rglob("*.docx")).read_bytes()


def encrypted_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "locked")
    canvas.save()
    return buffer.getvalue()


def scanned_pdf() -> bytes:
    from PIL import Image
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    picture = ImageReader(Image.effect_noise((600, 800), 90))
    for _ in range(3):
        canvas.drawImage(picture, 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@functools.cache
def zip_bomb(name: str = "word/document.xml") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if name.startswith("word/"):
            archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open(name, "w", force_zip64=True) as entry:
            for _ in range(400):
                entry.write(b" " * (1 << 20))
    return buffer.getvalue()


def large_page() -> bytes:
    row = "<tr>" + "<td>一件政府信息</td>" * 20 + "</tr>"
    rows = row * (30 * 1024 * 1024 // len(row.encode()))
    return f"<html><body><h1>数据下载</h1><table>{rows}</table></body></html>".encode()


ERROR_PAGE = (
    "<html><head><title>404 错误</title></head><body><h1>您访问的页面不存在</h1>"
    "<p>请检查网址是否正确，或返回首页。</p></body></html>"
).encode()
OTHER_REPORT = "\n".join(
    [
        "某县财政局2024年法治政府建设年度报告",
        "2024年，某县财政局扎实推进依法行政，现将有关情况报告如下。",
        "一、主要做法和成效",
        "落实重大行政决策程序，开展合法性审查12件，办理行政复议案件3件。",
        "二、存在的不足和原因",
        "执法人员业务能力仍需提升。",
        "三、下一年度工作安排",
        "加强培训，组织法治讲座4次。",
    ]
).encode()

BAD: dict[str, tuple[Callable[[], bytes], set[tuple[str, str]]]] = {
    "empty.docx": (lambda: b"", {("unreadable", "empty")}),
    "zero.pdf": (lambda: b"", {("unreadable", "empty")}),
    "encrypted.pdf": (encrypted_pdf, {("unreadable", "encrypted")}),
    "scanned.pdf": (scanned_pdf, {("unreadable", "scanned")}),
    "bomb.docx": (zip_bomb, {("unreadable", "expands_too_far")}),
    "bomb.zip": (lambda: zip_bomb("a.html"), {("unreadable", "expands_too_far"),
                                              ("unreadable", "unsupported")}),
    "random.bin": (lambda: os.urandom(200_000), {("unreadable", "unsupported"),
                                                 ("unreadable", "corrupt")}),
    "random.pdf": (lambda: b"%PDF-1.7\n" + os.urandom(200_000), {("unreadable", "corrupt"),
                                                                 ("unreadable", "truncated")}),
    "error.html": (lambda: ERROR_PAGE, {("other_document", "error_page")}),
    "other.txt": (lambda: OTHER_REPORT, {("other_document", "not_a_report")}),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_each_bad_file_gets_its_status_and_reason(tmp_path, schema, name):
    make_bytes, expected = BAD[name]
    path = tmp_path / name
    path.write_bytes(make_bytes())

    run = Run(path)

    assert set(run.told) <= expected, run.output["documents"][0]["reason"]
    assert run.code == 1
    assert run.seconds < SECONDS
    refuse_numbers(run.output)
    jsonschema.validate(run.output, schema)


def refuse_numbers(output: Any) -> None:
    for item in output["documents"]:
        assert item["report"] is None
        assert item["findings"] == []
        assert item["reason"]["message"].endswith("。")


@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
def test_a_truncated_docx_is_told_as_such(tmp_path, docx, share):
    path = tmp_path / "cut.docx"
    path.write_bytes(docx[: int(len(docx) * share)])

    assert Run(path).told == [("unreadable", "truncated")]


def test_a_page_of_30_mb_is_done_within_bounds(tmp_path):
    path = tmp_path / "large.html"
    path.write_bytes(large_page())
    run = Run(path)

    assert run.told[0][0] != "report"
    assert run.seconds < SECONDS
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert peak_mb < PEAK_MB


def test_two_reports_in_one_file_are_not_taken_for_one(tmp_path, reports):
    first, second = sound(reports)[:2]
    path = tmp_path / "two.html"
    path.write_bytes(first.read_bytes().replace(b"</body>", b"").replace(b"</html>", b"")
                     + second.read_bytes())  # fmt: skip

    assert Run(path).told == [("other_document", "several_reports")]


def test_the_rest_of_a_batch_goes_on(tmp_path, reports, schema):
    for name, (make_bytes, _) in BAD.items():
        (tmp_path / name).write_bytes(make_bytes())
    good = sound(reports)[0]

    run = Run(tmp_path / "missing.docx", tmp_path, good)

    assert [item["source"] for item in run.output["documents"]] == [
        str(tmp_path / "missing.docx"),
        *(str(tmp_path / name) for name in sorted(BAD)),
        str(good),
    ]
    assert run.told[0] == ("unreadable", "not_found")
    assert run.told[-1] == ("report", None)
    assert run.code == 1
    jsonschema.validate(run.output, schema)


def test_a_file_too_large_is_not_read(tmp_path):
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(5 * 1024 * 1024 * 1024)

    run = Run(path)

    assert run.told == [("unreadable", "too_large")]
    assert run.output["documents"][0]["bytes"] == 5 * 1024 * 1024 * 1024
    assert run.seconds < 10


def test_something_that_is_no_file_is_told(tmp_path, reports):
    os.mkfifo(tmp_path / "pipe.html")

    assert Run(tmp_path / "pipe.html", sound(reports)[0]).told == [
        ("unreadable", "unsupported"),
        ("report", None),
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["没有这个文件.docx"], "找不到文件 没有这个文件.docx"),
        (["--format", "xml", "x"], "xml"),
        (["--year", "二〇二四", "x"], "year"),
        (["--kind", "school", "x"], "school"),
        (["--nonsense"], "nonsense"),
        ([], ""),
        (["--jobs", "0", "x"], "jobs"),
    ],
)
def test_wrong_use_is_told_in_words_with_exit_code_2(arguments, words):
    run = Run(*arguments)

    assert run.code == 2
    assert words in run.error
    assert run.output is None


def test_an_empty_folder_is_wrong_use(tmp_path):
    run = Run(tmp_path)

    assert run.code == 2
    assert run.error.count("\n") == 1
    assert "没有文件" in run.error


def test_a_missing_folder_of_rules_is_wrong_use(tmp_path, reports):
    run = Run("--rules", tmp_path / "none", sound(reports)[0])

    assert run.code == 2
    assert "none" in run.error


def test_a_prior_that_is_no_report_is_wrong_use(tmp_path, reports):
    other = tmp_path / "other.txt"
    other.write_bytes(OTHER_REPORT)

    run = Run("--prior", other, sound(reports)[0])

    assert run.code == 2
    assert "other.txt" in run.error


def test_an_unreadable_folder_is_told(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0)

    run = Run(closed, prefix=without_privileges())

    assert run.code == 2
    assert "没有权限" in run.error


def test_standard_input_is_read(reports):
    run = Run("-", stdin=sound(reports)[0].read_bytes())

    assert run.told == [("report", None)]
    assert run.output["documents"][0]["source"] == "-"
