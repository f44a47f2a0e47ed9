"""One truth, many layouts: every one of them must be read as the same numbers."""

from __future__ import annotations

import pytest

from layout_compare import Allow, differences
from layout_truth import Truth, truths
from layouts_page import PAGES

TRUTHS = truths()


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=list(TRUTHS))
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_read_as_printed(name: str, truth: Truth) -> None:
    assert differences(PAGES[name](truth), truth, Allow()) == []
