"""Qualified names of WordprocessingML."""

from __future__ import annotations

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT_WORD = "http://purl.oclc.org/ooxml/wordprocessingml/main"
_W = f"{{{WORD}}}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_VML = "{urn:schemas-microsoft-com:vml}"

VAL = f"{_W}val"
BODY, P, R, T, TBL, TR, TC = (f"{_W}{n}" for n in ("body", "p", "r", "t", "tbl", "tr", "tc"))
P_PR, R_PR, TR_PR, TC_PR = (f"{_W}{n}" for n in ("pPr", "rPr", "trPr", "tcPr"))
TAB, BR, CR, SYM, PTAB = (f"{_W}{n}" for n in ("tab", "br", "cr", "sym", "ptab"))
HYPHEN = f"{_W}noBreakHyphen"
CHAR = f"{_W}char"
MATH_TEXT = f"{_MATH}t"
SDT_CONTENT = f"{_W}sdtContent"
WRAPPERS = frozenset({
    f"{_W}sdt", SDT_CONTENT, f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag",
    f"{_MC}AlternateContent", f"{_MC}Choice", f"{_MC}Fallback",
})  # fmt: skip

GRID_SPAN, V_MERGE, H_MERGE = (f"{_W}{n}" for n in ("gridSpan", "vMerge", "hMerge"))
GRID_BEFORE, TBL_GRID, GRID_COL, WIDTH = (
    f"{_W}{n}" for n in ("gridBefore", "tblGrid", "gridCol", "w")
)
CELL_DELETED, CELL_MERGED = f"{_W}cellDel", f"{_W}cellMerge"

STYLE, STYLE_ID, NAME, BASED_ON = (f"{_W}{n}" for n in ("style", "styleId", "name", "basedOn"))
P_STYLE, OUTLINE_LEVEL = f"{_W}pStyle", f"{_W}outlineLvl"
NUM_PR, NUM_ID, LEVEL_INDEX = (f"{_W}{n}" for n in ("numPr", "numId", "ilvl"))
NUM, ABSTRACT, ABSTRACT_ID = (f"{_W}{n}" for n in ("num", "abstractNum", "abstractNumId"))
LEVEL, LEVEL_OVERRIDE, START_OVERRIDE = (
    f"{_W}{n}" for n in ("lvl", "lvlOverride", "startOverride")
)
START, NUM_FORMAT, LEVEL_TEXT, LEVEL_RESTART, IS_LEGAL, NUM_STYLE_LINK = (
    f"{_W}{n}" for n in ("start", "numFmt", "lvlText", "lvlRestart", "isLgl", "numStyleLink")
)

DEL, MOVE_FROM, VANISH, STRIKE, DOUBLE_STRIKE, VERTICAL_ALIGN = (
    f"{_W}{n}" for n in ("del", "moveFrom", "vanish", "strike", "dstrike", "vertAlign")
)
FORMER = tuple(
    f"{_W}{n}Change" for n in ("pPr", "rPr", "tblPr", "trPr", "tcPr", "sectPr", "tblGrid")
)
RUBY_TEXT = f"{_W}rt"
ALT_CHUNK = f"{_W}altChunk"
TEXT_BOX = f"{_W}txbxContent"
ALTERNATE, CHOICE, FALLBACK = (f"{_MC}{n}" for n in ("AlternateContent", "Choice", "Fallback"))

DRAWING, PICTURE = f"{_W}drawing", f"{_W}pict"
EXTENT = f"{_DRAWING}extent"
BLIP = f"{_MAIN}blip"
IMAGE_DATA = f"{_VML}imagedata"
