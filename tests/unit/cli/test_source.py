"""Which files a command line means, in which order, and what is taken of each."""

from __future__ import annotations

import hashlib
import io
import sys
from types import SimpleNamespace

import pytest

from duban.cli import source as sources
from duban.cli.source import Source, gather, open_source


@pytest.fixture
def tree(tmp_path, monkeypatch):
    for name in ("b/2.txt", "b/1.txt", "b/deep/x/0.txt", "b/.hidden", "a.txt", "c.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("tree")
class TestGather:
    def names(self, *arguments: str) -> list[str]:
        return [source.name for source in gather(arguments)]

    def test_files_keep_the_order_and_the_spelling_they_were_given_in(self):
        assert self.names("c.txt", "./a.txt", "c.txt") == ["c.txt", "./a.txt", "c.txt"]

    def test_the_files_of_a_folder_come_sorted_by_path(self):
        assert self.names("c.txt", "b/", "a.txt") == [
            "c.txt", "b/.hidden", "b/1.txt", "b/2.txt", "b/deep/x/0.txt", "a.txt",
        ]  # fmt: skip

    def test_a_missing_file_keeps_its_place(self):
        found = list(gather(["a.txt", "none", "c.txt"]))

        assert [source.problem and source.problem.code for source in found] == [
            None, "not_found", None,
        ]  # fmt: skip

    def test_a_link_in_a_circle_is_not_followed(self, tmp_path):
        (tmp_path / "b" / "loop").symlink_to(tmp_path / "b")

        assert len(self.names("b")) == 4

    def test_a_dangling_link_is_told(self, tmp_path):
        (tmp_path / "b" / "gone").symlink_to(tmp_path / "nowhere")

        [gone] = [s for s in gather(["b"]) if s.name == "b/gone"]
        opened = open_source(gone)
        assert opened.problem is not None
        assert opened.problem.code == "not_found"


def test_the_bytes_are_taken_with_their_hash(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"abc")

    opened = open_source(Source(str(path)))

    assert (opened.data, opened.size) == (b"abc", 3)
    assert opened.sha256 == hashlib.sha256(b"abc").hexdigest()


@pytest.mark.parametrize(("size", "code"), [(10, None), (11, "too_large")])
def test_the_limit_is_exact_and_holds_for_files_and_standard_input(
    tmp_path, monkeypatch, size, code
):
    monkeypatch.setattr(sources, "MAX_BYTES", 10)
    path = tmp_path / "a"
    path.write_bytes(b"x" * size)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"x" * size)))

    for name in (str(path), "-"):
        opened = open_source(Source(name))
        assert (opened.problem and opened.problem.code) == code
        assert (opened.data is None) == (code is not None)


def test_what_cannot_be_opened_is_told_in_words(tmp_path, monkeypatch):
    path = tmp_path / "a"
    path.write_bytes(b"x")

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("pathlib.Path.open", refuse)

    opened = open_source(Source(str(path)))
    assert opened.problem is not None
    assert opened.problem.code == "not_opened"
    assert "Input/output error" in opened.problem.message
