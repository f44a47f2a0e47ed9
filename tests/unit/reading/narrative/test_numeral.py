from __future__ import annotations

import pytest

from duban.reading.narrative.numeral import chinese


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("三", 3),
        ("两", 2),
        ("零", 0),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("一百零五", 105),
        ("一百二十三", 123),
        ("一千零五十", 1050),
        ("两千三百", 2300),
        ("一五〇", 150),
    ],
)
def test_a_number_in_words_is_read(printed: str, value: int) -> None:
    assert chinese(printed) == value


@pytest.mark.parametrize("printed", ["三五", "二百三", "十百", "百五十", "一千二", "两三", "十十"])
def test_a_number_that_may_mean_two_things_is_refused(printed: str) -> None:
    assert chinese(printed) is None
