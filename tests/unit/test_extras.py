"""Without the extras duban works, and loads none of their libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

_LISTS = """
import importlib, pkgutil, sys
import duban
skipped = (
    "duban.adapters.kafka", "duban.adapters.elastic", "duban.adapters.notify",
    "duban.adapters.blobs.fsspec_blob_store", "duban.distributed", "duban.doctor.kafka",
    "duban.doctor.elastic", "duban.cli.output.rebuilt_indices",
)
for found in pkgutil.walk_packages(duban.__path__, "duban.", onerror=lambda name: None):
    if not found.name.startswith(skipped) and found.name != "duban.__main__":
        importlib.import_module(found.name)
loaded = {name.partition(".")[0] for name in sys.modules}
extras = {
    "kafka", "faust", "mode", "aiokafka", "rocksdict", "isal", "elasticsearch", "elastic_transport",
    "fsspec", "s3fs", "apprise",
}
print(sorted(loaded & extras))
"""


def test_no_module_outside_their_adapters_loads_a_library_of_the_extras() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LISTS], capture_output=True, text=True, check=False
    )

    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_a_command_that_needs_an_extra_names_what_installs_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from click.testing import CliRunner

    from duban.cli import group
    from duban.errors import UsageError

    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    for name in ("kafka", "faust", "elasticsearch"):  # as other tests may have loaded them
        monkeypatch.delitem(sys.modules, name, raising=False)

    done = CliRunner().invoke(group, ["topics", "check", "--kafka", "127.0.0.1:9092"])

    assert isinstance(done.exception, UsageError)
    assert "pip install 'duban[distributed]'" in str(done.exception)


def test_a_library_that_is_loaded_is_there_though_it_took_its_own_place() -> None:
    pytest.importorskip("faust")
    asked = (
        "import faust, faust.app; from duban.cli.extra import need; need('distributed', 'faust')"
    )

    done = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
