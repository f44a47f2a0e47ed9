"""Take the pictures of docs/images anew: a made county, every page, wide and narrow.

python docs/screenshots.py  (needs a Chromium on the path)
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from duban.bootstrap import Machine
from duban.cli.demo import years_on
from duban.domain.day import day_of
from duban.domain.view import FindingQuery, Scope
from duban.testing.county import county

IMAGES = Path(__file__).parent / "images"
DRAFT = Path(__file__).parents[1] / "samples" / "twins" / "town_2024_lost_ordinals.txt"
WIDTHS = {"1440": (1440, 900), "390": (390, 844)}
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def pages(machine: Machine) -> dict[str, str]:
    """Picture name → path; the report is one whose wrong cell is named."""
    found = machine.store.index.findings(FindingQuery(order="severity", limit=1000)).rows
    marked = next(row for row in found if row.finding.suspect)
    return {
        "overview": "/",
        "ledger": "/ledger",
        "matrix": "/matrix",
        "agency": f"/agencies/{marked.agency_id}",
        "findings": "/findings",
        "report": f"/reports/{marked.agency_id}/{marked.year}",
        "search": "/search?q=信息处理费",
        "files": "/files",
        "rules": "/rules",
        "check": "/check",
        "upload": "/upload",
    }


def wait_till_judged(machine: Machine) -> None:
    """Until every report of the county's years was read and judged."""
    while machine.store.index.overview(Scope()).ledger.blocked:
        time.sleep(0.5)


def take(page: Page, base: str, path: str, picture: Path) -> None:
    """One picture; on a report the first finding is chosen, so that its cells light up."""
    page.goto(base + path, wait_until="domcontentloaded")
    page.wait_for_timeout(600)
    if path == "/check":
        page.locator("input[type=file]").set_input_files(DRAFT)
        page.get_by_role("button", name="开始自查").click()
        page.wait_for_selector("#result")
    if path == "/check" or path.startswith("/reports/"):
        page.locator(".findings.big .finding p").first.click()
        page.wait_for_timeout(400)
    page.screenshot(path=picture)


def main() -> int:
    """Write all pictures; 2 when there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.stderr.write("没有 Chromium：请先安装（apt install chromium）。\n")
        return 2
    IMAGES.mkdir(exist_ok=True)
    today = day_of(datetime.now(UTC))
    with (
        tempfile.TemporaryDirectory() as name,
        county(Path(name), years=years_on(today), today=today) as (base, machine, _),
    ):
        wait_till_judged(machine)
        shown = pages(machine)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for width, (x, y) in WIDTHS.items():
                page = browser.new_page(viewport={"width": x, "height": y})
                for what, path in shown.items():
                    take(page, base, path, IMAGES / f"{what}-{width}.png")
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
