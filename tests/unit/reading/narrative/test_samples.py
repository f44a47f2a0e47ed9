from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
import yaml

from duban.domain.place import Place
from duban.domain.report import Passage
from duban.reading.narrative import find_facts, find_fees

from .conftest import told

TRUTH = yaml.safe_load((Path(__file__).parent / "samples.yaml").read_text("utf-8"))
PARTS = (
    "总体情况",
    "主动公开政府信息情况",
    "收到和处理政府信息公开申请情况",
    "因?政府信息公开(工作被申请)?行政复议、(提起)?行政诉讼情况",
    "存在的主要问题及改进情况",
    "其他需要报告的事项",
)


def prose(text: str) -> list[Passage]:
    """The lines of a seed outside its tables, each with its part."""
    passages: list[Passage] = []
    part = None
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip() or line.startswith("\t") or line.count("\t") > 1:
            continue
        bare = re.sub(r"\s|^\s*[一二三四五六]、", "", line)
        parts = [k for k, title in enumerate(PARTS, start=1) if re.fullmatch(title, bare)]
        part = parts[0] if parts else part
        passages.append(Passage(text=line, at=Place(line=number), part=part, heading=bool(parts)))
    return passages


@pytest.mark.parametrize("name", TRUTH)
def test_the_prose_of_a_seed_holds_exactly_what_is_written_down(name: str, samples: Path) -> None:
    folder, _, prefix = name.partition("/")
    (path,) = (samples / folder).glob(f"{prefix}_*.txt")
    passages = prose(path.read_text("utf-8"))
    truth: dict[str, Any] = TRUTH[name]

    facts = find_facts(passages, year=truth["year"])

    assert [f"{fact.at.line} {told(fact)}" for fact in facts] == [
        " ".join(map(str, fact)) for fact in truth["facts"]
    ]
    fees = find_fees(passages)
    assert fees.stated is (truth["fees"] is not None)
    if truth["fees"]:
        assert fees.at
        assert [
            fees.notice_count,
            fees.notice_amount_yuan,
            fees.collected_amount_yuan,
            fees.at.line,
        ] == truth["fees"]


def test_quotes_of_a_seed_are_those_of_the_findings(samples: Path) -> None:
    (path,) = (samples / "seeds").glob("002_*.txt")

    quotes = [fact.quote for fact in find_facts(prose(path.read_text("utf-8")), year=2021)]

    assert "全区各公开机构全年共受理申请758件（含垂管部门）" in quotes
    assert "引发行政诉讼20件" in quotes
    assert quotes[-1] == "其余1件尚在审理中"


def page(samples: Path, name: str) -> list[Passage]:
    """The paragraphs of a web page, one line each, tables removed."""
    text = (samples / "real" / name).read_text("utf-8")
    text = re.sub(r"(?is)<(script|style|table).*?</\1>", "", text)
    text = re.sub(r"(?i)</?(p|div|br|tr|h\d)[^>]*>", "\n", text)
    lines = html.unescape(re.sub("<[^>]+>", "", text)).split("\n")
    return [
        Passage(text=line.strip(), at=Place(line=number))
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]


def test_the_office_of_shanghai_states_these_numbers(samples: Path) -> None:
    facts = find_facts(page(samples, "shanghai_office_2019.html"), year=2019)

    assert [told(fact) for fact in facts] == [
        "normative_published 60 +published_records",
        "received 859 @市政府办公厅 @代表市政府 +own_office",
        "handled 805 @市政府办公厅 @代表市政府 +carried_included +own_office",
        "carried_over 18 @市政府办公厅 @代表市政府 +own_office",
        "carried_forward 72 @市政府办公厅 @代表市政府 +own_office",
        "granted_plus_partial 258",
        "refused 35",
        "not_provided 265 +because_not_held +with_et_cetera",
        "not_processed 158",
        "other_handling 0",
        "recon_total 7",
        "lit_total 9",
        "recon_upheld 7 +all_upheld",
        "lit_upheld 9 +all_upheld",
    ]
    assert facts[-1].quote == "诉讼9件，均获维持"
    assert not find_fees(page(samples, "shanghai_office_2019.html")).stated


def test_the_bureau_of_shuyang_states_these_numbers(samples: Path) -> None:
    passages = page(samples, "shuyang_fgj_2023.html")

    assert [told(fact) for fact in find_facts(passages, year=2023)] == [
        "proactive_total 249",
        "received 26",
    ]
    fees = find_fees(passages)
    assert (fees.stated, fees.collected_amount_yuan) == (True, 0)
    assert fees.quote == "2023年度，县发展和改革局政府信息公开未发生收费情况。"


def test_the_city_of_huaian_states_these_numbers(samples: Path) -> None:
    with pdfplumber.open(samples / "real" / "huaian_2024.pdf") as pdf:
        text = "\n".join(page.extract_text() for page in pdf.pages)
    text = re.sub(r"\n- \d+ -", "", text)
    passages = [Passage(text=text, at=Place(page=1))]

    facts = find_facts(passages, year=2024)

    assert [told(fact) for fact in facts] == [
        "proactive_total 5500 ~ +one_channel",
        "received 3119 @全市 +region_wide",
        "handled 3050 +carried_included",
        "carried_over 34",
        "carried_forward 103",
        "recon_total 351",
        "recon_upheld 72",
        "recon_corrected 64",
        "recon_other 178",
        "recon_pending 37",
        "lit_total 46",
        "lit_upheld 25",
        "lit_corrected 5",
        "lit_other 9",
        "lit_pending 7",
    ]
    assert find_fees(passages).collected_amount_yuan == 3940
