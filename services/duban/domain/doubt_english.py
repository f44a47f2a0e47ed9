"""What the sentences on doubtful cells, tables, texts and duties mean in English.

Facts and conclusions hold the Chinese sentence; the English one follows from it, so that what was
recorded before English was told has it too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

#: A cell or a table of which it is not certain what it says; `{}` is what the document prints.
TABLES: Mapping[str, str] = {
    "数字超过{}位，不能确定是一个数": (
        "more than {} digits: it is not certain that this is a number"
    ),
    "数字之间有空白或换行，不能确定是一个数还是几个数": (
        "there is a blank or a new line between digits: it is not certain whether this is one "
        "number or several"
    ),
    "表格含未确定的单元格修订": (
        "the table holds tracked changes of cells that nobody has accepted yet"
    ),
    "纵向合并的单元格宽度不一致": ("cells merged downwards differ in width"),
    "跨行单元格过多": ("too many cells span several rows"),
    "单元格重叠": ("cells overlap"),
    "表格没有框线，无法确定各行各列的划分": (
        "the table has no lines: where rows and columns part is not certain"
    ),
    "数字越过单元格边框，无法确定属于哪一格": (
        "a number crosses the border of a cell: whose it is is not certain"
    ),
    "表格行与行之间没有框线，无法确定各行的划分": (
        "there are no lines between the rows of the table: where they part is not certain"
    ),
    "表格框线不完整，无法确定单元格的划分": (
        "the lines of the table are incomplete: where cells part is not certain"
    ),
    "表格跨页处无法确定是同一行还是两行": (
        "where the table goes over a page it is not certain whether this is one row or two"
    ),
    "一行单元格过多，行的界限可能已丢失": (
        "too many cells in one row: the ends of rows may be lost"
    ),
    "同一行有单元格含两个数，空白处的数可能写在那里": (
        "a cell of this row holds two numbers: one may be that of the empty cell"
    ),
    "该行有{}个数据单元格，表头有{}列，无法确定各数属于哪一列": (
        "the row has {} data cells, the heading {} columns: which number belongs to which column "
        "is not certain"
    ),
    "该行有跨行合并的数据单元格，无法确定各数属于哪一行": (
        "a data cell spans several rows: which number belongs to which row is not certain"
    ),
    "该行的数据单元格与表头的列没有对齐": (
        "the data cells of the row do not line up with the columns of the heading"
    ),
    "表头与统一格式不一致，无法确定各列是哪类申请人": (
        "the heading differs from the unified format: which column is which kind of applicant is "
        "not certain"
    ),
    "“{}”一行出现两次且数字不同，无法确定以哪一行为准": (
        "the row “{}” stands there twice with different numbers: which of them holds is not certain"
    ),
    "该行的数据单元格与上下各行没有对齐": (
        "the data cells of the row do not line up with the rows above and below"
    ),
    "该行的项目名称写在了数据单元格中，无法确定各数属于哪一列": (
        "the name of the row stands in a data cell: which number belongs to which column is not "
        "certain"
    ),
    "该行上方没有列名，无法确定各数属于哪一列": (
        "no column is named above the row: which number belongs to which column is not certain"
    ),
    "该行上方的列名与统一格式不一致，无法确定各数属于哪一列": (
        "the columns named above the row differ from the unified format: which number belongs to "
        "which column is not certain"
    ),
    "同一项目出现两次且数字不同，无法确定以哪一处为准": (
        "the same item stands there twice with different numbers: which of them holds is not "
        "certain"
    ),
    "表中多出一列没有列名的数据，无法确定各数属于哪一列": (
        "the table has a further column of data without a name: which number belongs to which "
        "column is not certain"
    ),
    "表头有{}个列名，与统一格式的15列不一致，无法确定各数属于哪一列": (
        "the heading names {} columns, the unified format has 15: which number belongs to which "
        "column is not certain"
    ),
    "行政复议、行政诉讼情况表出现两次且数字不同，无法确定以哪一张为准": (
        "the table of reconsiderations and lawsuits stands there twice with different numbers: "
        "which of them holds is not certain"
    ),
    "表格没有可以辨认的边框，各数属于哪一格无法确定": (
        "the table has no borders that could be told: which number belongs to which cell is not "
        "certain"
    ),
}
#: A text that cannot be trusted.
TEXTS: Mapping[str, str] = {
    "文字中有大量乱码，可能是编码错误": (
        "much of the text is garbled, perhaps by a wrong encoding"
    ),
    "文字中夹有注音，不是报告原文": (
        "the text is interspersed with pinyin: it is not that of the report"
    ),
    "{}页中只有{}页有文字，其余可能是扫描件": (
        "of {} pages only {} hold text, the others may be scans"
    ),
}
#: Why a duty is blocked, or nothing is owed; `{}` is a name, a day or an address.
DUTIES: Mapping[str, str] = {
    "期限早于开始监测之日，此前的报告也未见到，不作要求。": (
        "The last day was before the watch began, and no earlier report was seen: nothing is "
        "asked for."
    ),
    "名录没有登记该机关的栏目网址，无从查证。": (
        "The roster has no address of a column of this agency: nothing can be verified."
    ),
    "期限届满后尚未完整读到栏目 {}，不能断定未公布。": (
        "Since the last day, the column {} was not read whole: that nothing was published is not "
        "proved."
    ),
    "栏目 {} 已列出该年度的报告，但没有取得或读出，不能断定未公布。": (
        "The column {} lists the report of that year, and it could not be fetched or read: that "
        "nothing was published is not proved."
    ),
    "栏目 {} 中有年度或归属不明的报告，不能断定未公布。": (
        "The column {} lists reports of unknown year or agency: that nothing was published is not"
        " proved."
    ),
    "有一份文件读不出或认不出年度（{}），不能断定未公布。": (
        "A file could not be read, or its year not be told ({}): that nothing was published is "
        "not proved."
    ),
    "机关已从名录中删除：{}。": ("The agency was removed from the roster: {}."),
    "机关于 {} 设立，该年度无须报告。": (
        "The agency was founded on {}; for that year it owes no report."
    ),
    "机关存续到 {}，并入 {}，期限届满前已终止。": (
        "The agency existed until {} and became part of {}; it ended before the last day."
    ),
    "机关存续到 {}，期限届满前已终止。": (
        "The agency existed until {}; it ended before the last day."
    ),
    "{} 曾见公布，{} 发现已撤下。": ("Seen as published on {}, found withdrawn on {}."),
    "{} 发现已撤下。": ("Found withdrawn on {}."),
}


def english_of(sentence: str | None) -> str:
    """The English of a sentence of this module; empty for words that people wrote, or for none."""
    if not sentence:
        return ""
    for pattern, english in _patterns():
        if found := pattern.fullmatch(sentence):
            return english.format(*found.groups())
    return ""


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    every = {**TABLES, **TEXTS, **DUTIES}
    return tuple(
        (re.compile("(.+?)".join(map(re.escape, chinese.split("{}"))), re.DOTALL), english)
        for chinese, english in every.items()
    )
