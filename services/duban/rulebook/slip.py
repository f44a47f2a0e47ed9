"""The likely slip of the pen that turned the right number into the printed one."""

from __future__ import annotations

from duban.domain.form import APPLICANTS, COLUMNS, application_rows, label_of
from duban.rulebook.view import View

_ROWS = tuple(row.field for row in application_rows("R2021"))
_COLUMNS = tuple(column.field for column in COLUMNS)


def why(view: View, cells: tuple[str, ...], proposed: dict[str, int | float]) -> str:
    """One Chinese sentence: what every sum says of the cells, and the likely slip."""
    shifted = _shifted(view, cells, proposed)
    if shifted is not None:
        return shifted
    words = "、".join(_one(view, path, proposed[path]) for path in cells)
    return f"{words}，各项合计即全部成立"


def _one(view: View, path: str, right: int | float) -> str:
    wrong = view.numbers[path]
    slip = _digits(str(wrong), str(right)) or _neighbour(view, path, wrong)
    said = f"{label_of(path)}如为{right}"
    return f"{said}（疑似{slip}）" if slip else said


def _digits(wrong: str, right: str) -> str | None:
    if len(wrong) == len(right) and sorted(wrong) == sorted(right):
        return "数字颠倒"
    if len(wrong) + 1 == len(right) and _one_more(right, wrong):
        return "漏填一位数字"
    if len(wrong) == len(right) + 1 and _one_more(wrong, right):
        place = next((i for i in range(1, len(wrong)) if wrong[i] == wrong[i - 1]), None)
        doubled = place is not None and wrong[:place] + wrong[place + 1 :] == right
        return "数字重复" if doubled else "多填一位数字"
    return None


def _one_more(long: str, short: str) -> bool:
    return any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _neighbour(view: View, path: str, wrong: int | float) -> str | None:
    table, _, rest = path.partition(".")
    row, _, column = rest.rpartition(".")
    if table != "applications" or row not in _ROWS or column not in _COLUMNS or wrong == 0:
        return None
    place, line = _COLUMNS.index(column), _ROWS.index(row)
    for other in (place - 1, place + 1):
        if 0 <= other < len(APPLICANTS):
            near = f"{table}.{row}.{_COLUMNS[other]}"
            if view.numbers.get(near) == wrong and near != path:
                return "填入了相邻列的数字"
    for other in (line - 1, line + 1):
        if (
            0 <= other < len(_ROWS)
            and view.numbers.get(f"{table}.{_ROWS[other]}.{column}") == wrong
        ):
            return "填入了相邻行的数字"
    return None


def _shifted(view: View, cells: tuple[str, ...], proposed: dict[str, int | float]) -> str | None:
    """Two cells of one row, or of one column, that hold each other's number."""
    if len(cells) != 2:
        return None
    a, b = cells
    if proposed[a] != view.numbers[b] or proposed[b] != view.numbers[a]:
        return None
    kind = "错列" if a.rpartition(".")[0] == b.rpartition(".")[0] else "错行"
    return f"{label_of(a)}与{label_of(b)}的数字疑似{kind}，互换后各项合计全部成立"
