"""A truth printed to pdf by a browser, by LibreOffice and by reportlab."""

from __future__ import annotations

import subprocess
from pathlib import Path

import layout_html as page
from layout_form import Change, drawn
from layout_truth import Truth

_PLAIN = "table{border-collapse:collapse;width:100%} td{border:1px solid #000;text-align:center}"
STYLES = {
    "portrait": f"@page{{size:A4;margin:20mm}} body{{font-size:12pt}} {_PLAIN} td{{font-size:9pt}}",
    "landscape": f"@page{{size:A4 landscape;margin:15mm}} {_PLAIN}",
    "tiny": f"@page{{size:A4}} body{{font-size:8pt}} {_PLAIN} td{{font-size:6pt;padding:0}}",
    "large": f"@page{{size:A4;margin:15mm}} body{{font-size:16pt;line-height:2}} {_PLAIN} td{{font-size:11pt;padding:6px 2px}}",
    "horizontal": "@page{size:A4} table{border-collapse:collapse;width:100%} td{border-top:1px solid #000;border-bottom:1px solid #000;text-align:center;font-size:9pt}",
    "none": "@page{size:A4} table{border-collapse:collapse;width:100%} td{text-align:center;font-size:9pt;padding:3px}",
    "separate": "@page{size:A4} table{border:1px solid #000;border-spacing:2px;width:100%} td{border:1px solid #888;font-size:9pt}",
    "right": f"@page{{size:A4}} {_PLAIN} td{{text-align:right;font-size:9pt;padding:4px}}",
    "shaded": f"@page{{size:A4}} {_PLAIN} td{{font-size:9pt}} tr:nth-child(odd) td{{background:#dde}}",
    "grey": "@page{size:A4} table{border-collapse:collapse;width:100%} td{border:0.5px solid #ccc;font-size:9pt}",
    "dotted": "@page{size:A4} table{border-collapse:collapse;width:100%} td{border:1px dashed #000;font-size:9pt}",
    "break": f"@page{{size:A4}} {_PLAIN} td{{font-size:9pt;height:34px}} p{{line-height:2.5}}",
}


def html_for_print(truth: Truth, style: str, changed: Change) -> str:
    inner = page.body(truth, changed(drawn(truth)))
    return (
        f"<html><head><meta charset='utf-8'><title>{truth.title}</title><style>{STYLES[style]}</style></head>"
        f"<body><h2 style='text-align:center'>{truth.agency}<br>{truth.year}年政府信息公开工作年度报告</h2>{inner}</body></html>"
    )


def by_browser(chromium: str, source: str, folder: Path, *, header: bool = False) -> bytes:
    """The page as Chromium prints it, with or without running head and page numbers."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "page.html").write_text(source, encoding="utf-8")
    command = [
        chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
        f"--print-to-pdf={folder}/page.pdf", str(folder / "page.html"),
    ]  # fmt: skip
    if not header:
        command.insert(4, "--no-pdf-header-footer")
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (folder / "page.pdf").read_bytes()


def by_office(soffice: str, files: dict[str, bytes], folder: Path) -> dict[str, bytes]:
    """Word files as LibreOffice exports them, all in one run; keys are file names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    command = [
        soffice, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
        "pdf", "--outdir", str(folder), *(str(folder / name) for name in files),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return {name: (folder / name).with_suffix(".pdf").read_bytes() for name in files}
