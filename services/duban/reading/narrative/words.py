"""Words shared by the patterns of the narrative, in normal form."""

from __future__ import annotations

import re


def any_of(words: str) -> str:
    """A pattern for one of the words, which are separated by blanks."""
    return "(?:" + "|".join(words.split()) + ")"


GAP = r"[^，。；：！？（）\d]"
BRACKET = r"(?:（[^（）]{0,24}）)?"

EXPLICIT_OBJECT = (
    r"(?:(?:政府)?信息依申请公开(?:的?申请)?(?:事项|案件|办件|件)?"
    r"|(?:政府)?信息公开(?:依)?的?申请(?:事项|案件|办件|工单|表|书|件)?"
    r"|依申请公开的?(?:政府)?(?:信息)?类?的?(?:申请)?(?:事项|案件|办件|工单|申请表|件)?"
    r"|依申请(?:政府)?信息公开的?(?:申请)?(?:事项|案件|办件|件)?"
    r"|申请公开(?:政府)?信息(?:事项)?|公开(?:政府)?信息的?申请(?:事项|件)?|政府信息申请(?:件)?"
    r"|依申请(?:件)?(?=共?\d))"
)
_WHOSE = any_of("各类 有效 公众 群众 公民 社会公众 书面 提出的? 提交的? 递交的? 的 件")
BARE_OBJECT = rf"(?:{_WHOSE}{{0,3}}申请(?:事项|件|表)?)"
TAIL_WORDS = (
    "的 总数 数量 总量 件数 数 量 共计 合计 总计 累计 一共 总共 共 计"
    " 有 为 是 达到 达 了 已 办件 案件"
)
TAIL = any_of(TAIL_WORDS) + "{0,5}"
"""What may stand between an object and its number."""

REMAINDER = re.compile(r"其余|剩余|余下|剩下")
HELPING = re.compile(any_of("指导 协助 配合 督促 协同 督办 会同 帮助 转办 代(?!表) 委托 参与"))
"""Another body's cases, in which the agency only helped."""
IS_REQUEST = re.compile(r"依申请|信息公开(?:的)?申请|申请公开|公开(?:政府)?信息的?申请|新收")
IS_OTHER = re.compile(
    any_of(
        "复议 诉讼 起诉 热线 来信 信件 信箱 提案 建议案 代表建议 人大建议 留言 咨询 工单"
        " 信访 许可 处罚 来电 网民 问政 12345 回应关切 舆情 稿件 公报 仲裁 登记 救助"
        " 补贴 援助 投诉 举报"
    )
)
BUSINESS = re.compile(
    any_of(
        "许可 登记 救助 补贴 援助 查询 复议 诉讼 审批 备案 办证 证照 仲裁 求助 贷款 补助 低保"
        " 住房 资助"
        " 户籍 不动产 政务服务"
        " 审核 认定 职称 工伤 保障房 公租房 信访 执法"
    )
)
"""Words of other business, where a bare 申请 may belong to it."""

_CHANNEL = re.compile(
    any_of(
        "网上 网络 在线 互联网 网站 平台 信函 邮寄 邮政 信件 来信 电子邮件 邮件 邮箱 传真 当面 现场"
        " 窗口 书面 口头 上门 电话"
    )
)
_SEVERAL = re.compile(r"等|各类|多种|各种|多渠道|及|和|、|或")


def one_channel(text: str) -> bool:
    """Whether the words name a single channel, so that a number after them is a part."""
    return bool(_CHANNEL.search(text)) and not _SEVERAL.search(text)
