from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from duban.domain.document import Document, Grid, Paragraph

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_NAMES = (
    f'xmlns:w="{_WORD}" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml"'
)


@pytest.fixture
def sample(samples: Path) -> Callable[[str], bytes]:
    """Bytes of a real sample by its name inside the folder."""
    return lambda name: (samples / name).read_bytes()


@pytest.fixture
def docx() -> Callable[..., bytes]:
    """A .docx package around the given body, numbering and styles."""

    def build(
        body: str,
        *,
        numbering: str = "",
        styles: str = "",
        prologue: str = "",
        title: str | None = None,
        main: str = "word/document.xml",
    ) -> bytes:
        folder, name = main.rsplit("/", 1)
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(
                "_rels/.rels",
                f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" '
                f'Type="{_OFFICE}/officeDocument" Target="{main}"/></Relationships>',
            )
            archive.writestr(
                f"{folder}/_rels/{name}.rels",
                f'<Relationships xmlns="{_PACKAGE}">'
                f'<Relationship Id="r1" Type="{_OFFICE}/styles" Target="styles.xml"/>'
                f'<Relationship Id="r2" Type="{_OFFICE}/numbering" Target="numbering.xml"/>'
                "</Relationships>",
            )
            document = f"<w:document {_NAMES}><w:body>{body}</w:body></w:document>"
            archive.writestr(main, f'<?xml version="1.0" encoding="UTF-8"?>{prologue}{document}')
            if styles:
                archive.writestr(f"{folder}/styles.xml", f"<w:styles {_NAMES}>{styles}</w:styles>")
            if numbering:
                archive.writestr(
                    f"{folder}/numbering.xml", f"<w:numbering {_NAMES}>{numbering}</w:numbering>"
                )
            if title is not None:
                archive.writestr(
                    "docProps/core.xml",
                    '<c xmlns:dc="http://purl.org/dc/elements/1.1/">'
                    f"<dc:title>{title}</dc:title></c>",
                )
        return buffer.getvalue()

    return build


@pytest.fixture
def prose() -> Callable[[Document], list[str]]:
    """The text of every paragraph that is not furniture."""

    def texts(document: Document) -> list[str]:
        return [
            block.text
            for block in document.blocks
            if isinstance(block, Paragraph) and not block.furniture
        ]

    return texts


@pytest.fixture
def grids() -> Callable[[Document], list[Grid]]:
    """The grids of a document."""

    def found(document: Document) -> list[Grid]:
        return [block for block in document.blocks if isinstance(block, Grid)]

    return found


@pytest.fixture
def rows() -> Callable[[Grid], list[list[str]]]:
    """The texts of a grid, row by row."""

    def texts(grid: Grid) -> list[list[str]]:
        return [[cell.text for cell in row] for row in grid.rows()]

    return texts
