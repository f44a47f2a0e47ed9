"""The words of the text output, Chinese and English side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from duban.cli.output.public import PublicReport
from duban.domain.finding import Coverage, Finding
from duban.domain.form import label_of
from duban.domain.place import Place

_STATUSES = {
    "report": ("年报", "report"),
    "other_document": ("不是年报", "not an annual report"),
    "unreadable": ("无法读取", "unreadable"),
}
_SEVERITIES = {
    "error": ("错误", "error"),
    "warning": ("疑似", "warning"),
    "info": ("提示", "note"),
}
_TABLES = {
    "disclosure": ("第二部分表格", "table of part 2"),
    "applications": ("第三部分表格", "table of part 3"),
    "disputes": ("第四部分表格", "table of part 4"),
}
_NAMES = {
    "where": ("位置", "Where"),
    "values": ("数值", "Values"),
    "proposal": ("很可能应改为", "Probably"),
    "quote": ("原文", "Text"),
    "remedy": ("改法", "Remedy"),
    "basis": ("依据", "Basis"),
}
_FORMS = {
    "R2008": ("2019年以前格式", "before the unified form"),
    "R2019": ("2019年格式", "form of 2019"),
    "R2021": ("2021年格式", "form of 2021"),
}


class Words:
    """Phrases in one language."""

    def __init__(self, language: str) -> None:
        self._index = int(language == "en")

    def _say(self, chinese: str, english: str) -> str:
        return (chinese, english)[self._index]

    def status(self, status: str) -> str:
        """What kind of file it turned out to be."""
        return _STATUSES[status][self._index]

    def severity(self, severity: str) -> str:
        """How grave a finding is."""
        return _SEVERITIES[severity][self._index]

    def name(self, key: str) -> str:
        """The label of a line under a finding."""
        return _NAMES[key][self._index]

    def table(self, path: str) -> str:
        """The table a full cell path belongs to."""
        table = path.partition(".")[0]
        return _TABLES[table][self._index] if table in _TABLES else ""

    def untrusted(self, table: str) -> str:
        """Says that a table was found and not believed."""
        name = _TABLES[table][self._index] if table in _TABLES else table
        return self._say(f"{name}结构不清，未作判断", f"{name} could not be trusted")

    def identity(self, report: PublicReport, media: str) -> str:
        """Whose report it is, for which year, on which form."""
        agency = report.agency or self._say("（未见机关名称）", "(no agency named)")
        year = f"{report.year}年" if report.year else self._say("（未见年度）", "(no year)")
        form = _FORMS[report.regime][self._index] if report.regime else self._say("格式不明", "?")
        return f"{agency} {year}（{form}，{media}）"

    def place(self, at: Place | None) -> str:
        """A place in counted words."""
        if at is None:
            return ""
        counted = (
            (at.page, "第{}页", "page {}"),
            (at.table, "第{}个表格", "table {}"),
            (at.row, "第{}行", "row {}"),
            (at.column, "第{}列", "column {}"),
            (at.line if at.table is None else None, "第{}段", "line {}"),
        )
        pieces = [self._say(zh, en).format(n) for n, zh, en in counted if n is not None]
        return self._say("", ", ").join(pieces)

    def more_cells(self, count: int) -> str:
        """Stands after the first of many cells."""
        return self._say(f"等共{count}格", f"and others, {count} in all")

    def values(self, expected: object, actual: object) -> str:
        """What stands there, and what it was compared with."""
        return self._say(f"所填 {actual}，对照 {expected}", f"says {actual}, against {expected}")

    def changes(self, proposed: Mapping[str, int | float]) -> str:
        """The proposed value of each suspect cell."""
        return "；".join(f"{label_of(path)} → {value}" for path, value in proposed.items())

    def misread(self, count: int) -> str:
        """Findings that are probably our own misreading are not held against the agency."""
        return self._say(
            f"另有 {count} 处可能是本程序读取有误，未计入（--format json 可见）。",
            f"{count} more are probably our own misreading (see --format json).",
        )

    def sums(self, findings: Sequence[Finding], coverage: Coverage) -> str:
        """The count of findings and outcomes of one document."""
        counts = "，".join(
            f"{self.severity(key)} {sum(item.severity == key for item in findings)}"
            for key in _SEVERITIES
        )
        return counts + self._say(
            f"；共核对 {coverage.assertions} 项：相符 {coverage.passed}，不符 {coverage.fail}，"
            f"无法判断 {coverage.cannot_tell}，不适用 {coverage.not_applicable}。",
            f"; {coverage.assertions} assertions: {coverage.passed} pass, {coverage.fail} fail, "
            f"{coverage.cannot_tell} cannot tell, {coverage.not_applicable} not applicable.",
        )

    def totals(self, statuses: Mapping[str, int], severities: Mapping[str, int]) -> str:
        """The last line, over all documents."""
        kinds = "，".join(f"{self.status(key)} {statuses.get(key, 0)}" for key in _STATUSES)
        grave = "，".join(f"{self.severity(key)} {severities.get(key, 0)}" for key in _SEVERITIES)
        count = sum(statuses.values())
        return self._say(
            f"合计 {count} 份：{kinds}；{grave}。", f"{count} files: {kinds}; {grave}."
        )
