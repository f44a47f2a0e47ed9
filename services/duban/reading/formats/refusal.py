"""What is said about files that no reader takes."""

from __future__ import annotations

from duban.domain.document import Document, Media
from duban.errors import UnreadableError
from duban.reading.formats.archive import open_archive

_TO_DOCX = "请用 Word 或 WPS 另存为 .docx（或导出为文字版 PDF）后再试。"
_ADVICE: dict[Media, str] = {
    "doc": f"这是旧版 Word 文件（.doc），暂不能读取：{_TO_DOCX}",
    "wps": f"这是 WPS 文字文件（.wps），暂不能读取：{_TO_DOCX}",
    "rtf": f"这是 RTF 文件，暂不能读取：{_TO_DOCX}",
    "odt": f"这是 OpenDocument 文字文件（.odt），暂不能读取：{_TO_DOCX}",
    "ofd": "这是 OFD 版式文件，暂不能读取：请提供 .docx 或文字版 PDF。",
    "xlsx": "这是电子表格（.xlsx），暂不能读取：请提供含正文和表格的 .docx、PDF 或网页。",
    "zip": "这是压缩包，暂不能读取其中的文件：请解压后逐个检查。",
}
_ARCHIVE = b"PK\x03\x04"
_BY_FIRST_BYTES = (
    ((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\0", b"MM\0*", b"RIFF"),
     "这是图片，没有文字可读：请提供可复制文字的 .docx、PDF 或网页。"),
    ((b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b"),
     "这是 RAR、7z 或 gz 压缩包，不能读取其中的文件：请解压后逐个检查。"),
)  # fmt: skip


def refuse(media: Media, data: bytes) -> Document:
    """Never returns: raises UnreadableError `empty`, or `unsupported` naming the format.

    A zip archive that is broken or endless is refused for that, whatever is in it.
    """
    if not data.strip(b"\0 \t\r\n\f\xef\xbb\xbf\xff\xfe"):
        raise UnreadableError(
            "empty", f"文件没有内容（{len(data)} 字节）：请检查是否上传或下载完整。"
        )
    if data.startswith(_ARCHIVE):
        open_archive(data).close()
    if media in _ADVICE:
        raise UnreadableError("unsupported", _ADVICE[media])
    if data.lstrip()[:13].lower() == b"mime-version:":
        raise UnreadableError(
            "unsupported", f"这是单个文件网页（.mht 或由网页另存的 .doc），暂不能读取：{_TO_DOCX}"
        )
    for starts, advice in _BY_FIRST_BYTES:
        if data.startswith(starts):
            raise UnreadableError("unsupported", advice)
    raise UnreadableError(
        "unsupported", "无法识别文件格式：请确认它是网页、.docx、PDF、纯文本或 Markdown 文件。"
    )
