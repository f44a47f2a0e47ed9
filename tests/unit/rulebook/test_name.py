"""Names of agencies that mean the same body."""

from __future__ import annotations

import pytest

from duban.rulebook.name import names_same_body, one_character_apart


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("北京市大兴区礼贤镇人民政府", "礼贤镇"),
        ("海阳市二十里店镇", "海阳市二十里店镇人民政府"),
        ("桥北街道", "青川区桥北街道办事处"),
        ("青川区桥北街道办", "青川区桥北街道"),
        ("云水高新区管委会", "云水高新区管理委员会"),
        ("青川区人民政府办公室", "青川区政府办公室"),
        ("青川县发展和改革局（本级）", "青川县发展和改革局"),
    ],
)
def test_short_and_full_names_mean_the_same_body(a: str, b: str) -> None:
    assert names_same_body(a, b)
    assert names_same_body(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("青川区柳溪镇人民政府", "青川区桃源镇人民政府"),
        ("青川区人民政府", "青川区柳溪镇人民政府"),
        ("青川区教育局", "青川区审计局"),
        ("青川区柳溪街道办事处", "青川区柳溪镇人民政府"),
        ("人民政府", "青川区人民政府"),
    ],
)
def test_different_bodies_stay_different(a: str, b: str) -> None:
    assert not names_same_body(a, b)


def test_names_one_character_apart_are_told() -> None:
    assert one_character_apart("柳渓镇人民政府", "柳溪镇人民政府")
    assert not one_character_apart("桃源镇人民政府", "柳溪镇人民政府")
    assert not one_character_apart("柳溪镇", "大柳溪镇")
