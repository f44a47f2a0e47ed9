"""A state folder is one worker's alone, and of one Kafka alone."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from duban.adapters.kafka.origin import Origin, Origins, OtherTopicsError
from duban.config import KafkaSettings
from duban.distributed import state_folder
from duban.distributed.state_folder import held
from duban.errors import DubanError, StorageError, UsageError

SETTINGS = KafkaSettings(addresses=("k:1",))


@pytest.fixture
def topics(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The id of the changelog of each prefix, as Kafka would tell it."""
    ids = {"duban-": "1", "other-": "2"}

    def origins(settings: KafkaSettings, names: Sequence[str]) -> Origins:
        return Origins(tuple(Origin(name, _id(ids, settings, name)) for name in names))

    monkeypatch.setattr(state_folder, "origins", origins)
    monkeypatch.setattr(state_folder, "_ENDING_S", 0.0)
    return ids


def _id(ids: dict[str, str], settings: KafkaSettings, name: str) -> str:
    return ids.get(name, ids[settings.prefix])


def used(folder: Path, settings: KafkaSettings = SETTINGS) -> None:
    with held(folder, settings, "agency"):
        pass


def refused(folder: Path, settings: KafkaSettings = SETTINGS) -> DubanError:
    with pytest.raises(UsageError) as told:
        used(folder, settings)
    assert "--data" in told.value.english
    assert str(folder) in str(told.value)
    return told.value


def test_a_second_worker_of_a_folder_is_refused_and_the_next_one_is_not(
    topics: dict[str, str], tmp_path: Path
) -> None:
    with held(tmp_path / "agency", SETTINGS, "agency"):
        assert "另一个 worker" in str(refused(tmp_path / "agency"))
    used(tmp_path / "agency")


def test_state_of_another_prefix_is_refused_and_stays_as_it_is(
    topics: dict[str, str], tmp_path: Path
) -> None:
    used(tmp_path / "agency")

    refused(tmp_path / "agency", KafkaSettings(addresses=("k:1",), prefix="other-"))

    used(tmp_path / "agency")


def test_state_of_topics_that_were_made_anew_is_refused(
    topics: dict[str, str], tmp_path: Path
) -> None:
    used(tmp_path / "agency")
    topics["duban-"] = "3"

    assert "重新建立" in str(refused(tmp_path / "agency"))


def test_a_running_worker_is_told_what_one_that_starts_is_told(
    topics: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "agency"
    with held(folder, SETTINGS, "agency") as watch:
        names = [one.topic for one in watch._known.topics]
        monkeypatch.setattr(watch, "_found", lambda: state_folder.origins(SETTINGS, names))
        watch.check()
        topics["duban-facts"] = "3"
        with pytest.raises(OtherTopicsError) as told:
            watch.check()

    assert str(told.value) == str(refused(folder))


def test_a_folder_of_a_program_before_is_taken_as_it_is(
    topics: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "agency" / "v1").mkdir(parents=True)

    used(tmp_path / "agency")

    topics["duban-"] = "3"
    refused(tmp_path / "agency")


def test_state_of_facts_that_alone_were_made_anew_is_refused(
    topics: dict[str, str], tmp_path: Path
) -> None:
    used(tmp_path / "agency")
    topics["duban-facts"] = "3"

    assert "（duban-facts）" in str(refused(tmp_path / "agency"))


def test_a_mark_that_tells_of_the_changelog_alone_is_believed_and_made_whole(
    topics: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "agency").mkdir()
    mark = tmp_path / "agency" / "changelog.json"
    mark.write_text('{"topic":"duban-agency-state-changelog","id":"1"}')

    used(tmp_path / "agency")

    topics["duban-facts"] = "3"
    refused(tmp_path / "agency")
    mark.write_text('{"topic":"duban-agency-state-changelog","id":"0"}')
    refused(tmp_path / "agency")


@pytest.mark.parametrize("data", [b"", b"{", b"[]"])
def test_a_mark_that_cannot_be_read_is_refused(
    topics: dict[str, str], tmp_path: Path, data: bytes
) -> None:
    used(tmp_path / "agency")
    (tmp_path / "agency" / "changelog.json").write_bytes(data)

    refused(tmp_path / "agency")


def test_a_folder_that_cannot_be_made_is_told(topics: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="无法使用"):
        used(tmp_path / "file" / "agency")
