from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lxml import html

from duban.crawler.markup import take_apart
from duban.crawler.roster import load as load_roster
from duban.reading.formats.encoding import decode
from duban.samples import make
from duban.samples.encoding import ENCODINGS
from duban.samples.faults import FAULTS
from duban.samples.lists import list_pages
from duban.samples.making import roster_text
from duban.samples.roster import counties
from duban.samples.site import from_json

YEARS = (2019, 2020, 2021, 2022, 2023, 2024)
ADDRESS = "http://127.0.0.1:8601"

OTHER_DOCUMENTS = ("政府信息公开指南", "政府信息公开工作规定")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    make(folder, seed=5, agencies=24, years=(2020, 2023), fault_rate=0.6)
    return folder


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def truth(folder: Path) -> list[dict[str, Any]]:
    files: list[dict[str, Any]] = json.loads((folder / "truth.json").read_text("utf-8"))["files"]
    return files


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(
    made: Path, tmp_path: Path
) -> None:
    make(tmp_path / "again", seed=5, agencies=24, years=(2020, 2023), fault_rate=0.6)
    make(tmp_path / "other", seed=6, agencies=24, years=(2020, 2023), fault_rate=0.6)
    assert digest(made) == digest(tmp_path / "again")
    assert digest(made)["truth.json"] != digest(tmp_path / "other")["truth.json"]


def test_an_agency_keeps_its_figures_when_the_county_grows(made: Path, tmp_path: Path) -> None:
    make(tmp_path, seed=5, agencies=8, years=(2020, 2023), fault_rate=0)
    grown = {(f["agency"], f["year"]): f for f in truth(made) if not f["planted"]}
    small = {(f["agency"], f["year"]): f for f in truth(tmp_path)}
    same = [key for key in small if key in grown]
    assert len(same) >= 4
    first = [key for key in same if key[1] == 2020]
    assert all(small[key]["cells"] == grown[key]["cells"] for key in first)


def test_every_file_of_the_truth_exists_and_every_report_is_in_it(made: Path) -> None:
    files = truth(made)
    assert len(files) == 48
    assert len({f["path"] for f in files}) == 48
    for entry in files:
        assert (made / entry["path"]).stat().st_size > 2000


def test_all_formats_and_both_forms_occur(made: Path) -> None:
    assert {f["media"] for f in truth(made)} == {"html", "docx", "pdf"}
    assert {f["regime"] for f in truth(made)} == {"R2019", "R2021"}


def test_without_faults_nothing_is_planted(tmp_path: Path) -> None:
    summary = make(tmp_path, seed=1, agencies=6, years=(2022,), fault_rate=0)
    assert summary.faults.total() == 0
    assert all(not f["planted"] for f in truth(tmp_path))


def test_text_and_markdown_are_made_when_asked_for(tmp_path: Path) -> None:
    make(tmp_path, seed=1, agencies=12, years=(2022, 2023), formats=("text", "markdown"))
    assert {f["media"] for f in truth(tmp_path)} == {"text", "markdown"}
    assert {Path(f["path"]).suffix for f in truth(tmp_path)} == {".txt", ".md"}


def test_progress_is_told_report_by_report(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    make(
        tmp_path, seed=1, agencies=3, years=(2022, 2023),
        progress=lambda done, whole: seen.append((done, whole)),
    )  # fmt: skip
    assert seen == [(n, 6) for n in range(1, 7)]


def test_the_roster_names_every_agency_with_a_list_page_that_exists(made: Path) -> None:
    agencies = load_roster(made / "roster.yaml", site=ADDRESS)
    assert [agency.id for agency in agencies] == [entry.agency.id for entry in counties(24)]
    for agency in agencies:
        (column,) = agency.columns
        assert (made / "site" / column.removeprefix(ADDRESS).lstrip("/")).is_file()


def test_the_committed_roster_is_that_of_the_demo() -> None:
    path = Path(__file__).parents[3] / "samples" / "roster.yaml"
    agencies = [entry.agency for entry in counties(50)]
    assert path.read_text("utf-8") == roster_text(agencies, site="http://127.0.0.1:8600/")
    assert len(load_roster(path)) == 50


def test_making_again_leaves_nothing_of_the_first_time(tmp_path: Path) -> None:
    make(tmp_path, seed=1, agencies=5, years=(2022,))
    (tmp_path / "portal.json").write_text('{"released": 3}', "utf-8")
    make(tmp_path, seed=2, agencies=3, years=(2023,))
    make(tmp_path / "fresh", seed=2, agencies=3, years=(2023,))
    fresh = digest(tmp_path / "fresh")
    assert {k: v for k, v in digest(tmp_path).items() if not k.startswith("fresh")} == fresh


def links(path: Path) -> list[tuple[str, str]]:
    tree = html.fromstring(decode(path.read_bytes()))
    return [(str(a.get("href")), str(a.text_content())) for a in tree.iter("a")]


def test_lists_hold_other_documents_a_dead_link_and_a_link_to_another_site(made: Path) -> None:
    found = [link for page in made.glob("site/*/gknb/*.html") for link in links(page)]
    assert any(href.endswith("_gone.html") for href, _ in found)
    assert any(href.startswith("http://") and ".example/" in href for href, _ in found)
    assert any(text.endswith(OTHER_DOCUMENTS) for _, text in found)
    assert any(text.endswith("…") for _, text in found)


def test_every_link_of_a_list_leads_somewhere_but_the_dead_ones(made: Path) -> None:
    site = from_json((made / "site.json").read_bytes())
    checked = 0
    for column in site.columns:
        entries = [entry for entry in site.entries if entry.column == column.path]
        for path, text in list_pages(column, entries).items():
            for link in take_apart(text.encode(), ADDRESS + path).links:
                target = made / "site" / urlsplit(link.url).path.lstrip("/")
                gone = link.url.endswith("_gone.html") or not link.url.startswith(ADDRESS)
                assert target.is_file() != gone, (path, link)
                checked += 1
    assert checked > 100


def test_a_long_list_goes_on_over_pages_by_links_marks_or_a_script(tmp_path: Path) -> None:
    make(tmp_path, seed=3, agencies=56, years=(2022, 2023, 2024), fault_rate=0, formats=("html",))
    first = "".join(
        decode(page.read_bytes()) for page in tmp_path.glob("site/*/gknb/list.html")
    )  # fmt: skip
    assert all(sign in first for sign in ("下一页</a>", "›</a>", "createPageHTML("))
    assert sorted(tmp_path.glob("site/*/gknb/list_2.html"))


def test_every_style_of_list_and_every_encoding_occurs(tmp_path: Path) -> None:
    make(tmp_path, seed=3, agencies=112, years=(2022,), fault_rate=0, formats=("html", "docx"))
    columns = from_json((tmp_path / "site.json").read_bytes()).columns
    assert {c.style for c in columns} == {"list", "table", "tree", "branches", "files"}
    assert {c.encoding for c in columns} == set(ENCODINGS)


def test_an_attachment_is_reached_through_its_detail_page_or_straight(made: Path) -> None:
    site = from_json((made / "site.json").read_bytes())
    straight = [e for e in site.entries if e.report and e.href.rpartition(".")[2] != "html"]
    around = [e for e in site.entries if e.report and len(e.files) == 2]
    assert straight
    assert around
    for entry in around:
        page = decode((made / "site" / entry.href.lstrip("/")).read_bytes())
        assert "files/" + entry.files[1].rpartition("/")[2] in page


def test_a_detail_page_tells_title_date_and_site_in_its_meta_tags(made: Path) -> None:
    entry = next(f for f in truth(made) if f["media"] == "html" and not f["planted"])
    tree = html.fromstring(decode((made / entry["path"]).read_bytes()))
    meta = {str(m.get("name")): str(m.get("content")) for m in tree.iter("meta") if m.get("name")}
    assert meta["ArticleTitle"] == entry["title"]
    assert meta["PubDate"].startswith(entry["published_on"])
    assert meta["SiteName"] == "望岚县人民政府"


def test_three_hundred_reports_with_every_fault_are_made_within_two_minutes(tmp_path: Path) -> None:
    began = time.monotonic()
    summary = make(tmp_path, seed=11, agencies=50, years=YEARS)
    assert time.monotonic() - began < 120
    assert summary.reports == 300
    assert set(FAULTS) <= set(summary.faults)
