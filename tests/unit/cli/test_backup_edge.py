"""The backup of an edge holds the originals that lie where all processes reach them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.testing.events import posted


@pytest.fixture
def edge(tmp_path: Path) -> Path:
    """An edge that recorded a posted file, whose bytes are kept elsewhere."""
    FolderBlobStore(tmp_path / "shared").put(b"kept")
    with EmbeddedStore(tmp_path / "edge") as store:
        store.log.append([posted("kept")])
    return tmp_path / "edge"


def test_the_originals_are_taken_from_where_the_settings_say(edge: Path, tmp_path: Path) -> None:
    file, shared = tmp_path / "backup.zip", {"DUBAN_BLOBS_URL": str(tmp_path / "shared")}
    command = ["backup", str(file), "--data", str(edge), "--profile", "distributed"]

    done = CliRunner().invoke(group, command, env=shared)

    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(file) as packed:
        assert b"kept" in [packed.read(name) for name in packed.namelist()]


def test_one_machine_has_its_originals_to_itself_whatever_is_set(
    edge: Path, tmp_path: Path
) -> None:
    file, shared = tmp_path / "backup.zip", {"DUBAN_BLOBS_URL": str(tmp_path / "shared")}

    done = CliRunner().invoke(group, ["backup", str(file), "--data", str(edge)], env=shared)

    assert done.exit_code == 1
    assert "有 1 份原文不在" in done.output
