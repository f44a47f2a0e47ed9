"""Whatever a document holds, it is read without a fault, and carries numbers only as a report."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.document import Document, Paragraph, Picture
from duban.domain.place import Place
from duban.reading.reader import read_document

WORDS = [
    "",
    " ",
    "1 0",
    "\u00a0",
    *[
        "0",
        "12",
        "/",
        "见附件",
        "自然人",
        "法人或其他组织",
        "商业企业",
        "科研机构",
        "社会公益组织",
        "法律服务机构",
        "其他",
        "总计",
        "小计",
        "申请人情况",
        "一、本年新收政府信息公开申请数量",
        "二、上年结转政府信息公开申请数量",
        "三、本年度办理结果",
        "（一）予以公开",
        "（三）不予公开",
        "1.属于国家秘密",
        "（六）其他处理",
        "3.其他",
        "（七）总计",
        "四、结转下年度继续办理",
        "信息内容",
        "本年制发件数",
        "本年废止件数",
        "现行有效件数",
        "本年处理决定数量",
        "规章",
        "行政许可",
        "其他对外管理服务事项",
        "行政检查",
        "本年增/减",
        "第二十条第（五）项",
        "行政复议",
        "行政诉讼",
        "未经复议直接起诉",
        "复议后起诉",
        "结果维持",
        "结果纠正",
        "其他结果",
        "尚未审结",
    ],
]
LINES = [
    "",
    "青河县教育局",
    "2021年政府信息公开工作年度报告",
    "青河县教育局2021年政府信息公开工作年度报告",
    "目录",
    "一、总体情况",
    "（一）主动公开政府信息情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
    "六、",
    "2022年1月20日",
    "2022年13月40日",
    "- 3 -",
    "一、总体情况。无。二、主动公开政府信息情况 无",
    "XX镇",
    "404",
    "全年收到申请5件。",
    "��",
    "注：以上数据截至年底",
    "[bookmark: _GoBack]",
    "发布日期：2022-01-28",
    "",
]

texts = st.one_of(st.sampled_from(LINES), st.text(max_size=30))
cells = st.one_of(st.sampled_from(WORDS), st.text(max_size=8))


@st.composite
def grids(draw: st.DrawFn, forms: Any) -> Any:
    rows = draw(st.lists(st.lists(cells, max_size=10), min_size=1, max_size=8))
    if draw(st.booleans()):
        return forms.ragged(rows)
    spans = st.integers(1, 3)
    return forms.drawn([[forms.cell(w, draw(spans), draw(spans)) for w in row] for row in rows])


@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_document_breaks_the_reader(forms: Any, data: st.DataObject) -> None:
    paragraph = st.builds(Paragraph, texts, st.builds(Place, line=st.integers(1, 99)))
    block = st.one_of(paragraph, grids(forms), st.just(Picture(Place())))
    blocks = tuple(data.draw(st.lists(block, max_size=14)))
    title = data.draw(st.one_of(st.none(), texts))
    reading = read_document(Document(media="html", blocks=blocks, title=title))
    assert (reading.report is None) == (reading.status != "report")
    assert (reading.reason is None) == (reading.status == "report")
