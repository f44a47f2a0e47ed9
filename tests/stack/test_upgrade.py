"""What the previous version wrote is gone on with, also while both versions run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.drill.plan import Plan, Pool
from tests.drill_stack import check
from tests.drill_stack.crew import Crew
from tests.drill_stack.derive import derive
from tests.drill_stack.edge import live
from tests.stack import written
from tests.stack.kafka_topics import PARTITIONS
from tests.stack.removing import remove_topics
from tests.stack.survey import Survey
from tests.stack.workers import wait_until as wait_for

from duban import assets
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.kafka import admin
from duban.adapters.kafka.publisher import message_of
from duban.config import KafkaSettings
from duban.domain.event import Event, decode

wait_until = partial(wait_for, patience_s=600.0)  # a machine may be busy with more than this


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    found = KafkaSettings(addresses=(kafka,), prefix=prefix, partitions=PARTITIONS)
    admin.apply(found)
    yield found
    remove_topics(found)


@pytest.fixture
def survey(settings: KafkaSettings) -> Iterator[Survey]:
    with Survey(settings) as opened:
        yield opened


def looked(
    folder: Path, survey: Survey, recorded: Sequence[Event]
) -> tuple[list[str], Mapping[str, list[object]]]:
    """What is wrong with the streams, and the streams."""
    streams = {name: survey.all(name) for name in (*check.TOPICS, "aside")}
    derived, _ = derive(
        folder / "derived", streams, PARTITIONS, FolderBlobStore(folder / "originals")
    )
    return list(check.everything(streams, recorded, derived)), streams


@pytest.mark.parametrize("version", [1])
def test_events_and_state_of_every_version_are_gone_on_with(
    settings: KafkaSettings, survey: Survey, tmp_path: Path, version: int
) -> None:
    old = written.read(version)
    written.restore(old, settings, tmp_path / "originals")
    with Crew(tmp_path, settings, tmp_path / "originals", {}) as crew:
        assert written.is_handled(survey)
        written.publish(settings, old.later)
        assert not written.is_handled(survey)
        crew.man_all(written.WORKED)
        wait_until(lambda: written.is_handled(survey))
        ended = crew.stop_all()

    recorded = [
        *(decode(raw.value) for raw in (*old.streams["posted"], *old.streams["facts"])),
        *(decode(one.value) for one in old.later),
    ]
    wrong, streams = looked(tmp_path, survey, recorded)
    assert ended == []
    assert wrong == []
    for name in ("conclusions", "alerts"):  # what was said before is not said again
        assert len(streams[name]) == len({raw.id for raw in streams[name]})  # type: ignore[attr-defined]
        assert len(streams[name]) > len(old.streams[name])


@pytest.mark.long
def test_versions_take_turns_and_the_older_one_leaves_newer_state_alone(
    settings: KafkaSettings, survey: Survey, tmp_path: Path
) -> None:
    recorded = live(tmp_path / "edge", Plan(Pool(tmp_path / "county"), 3), assets.find("rules"))
    (tmp_path / "originals").symlink_to(tmp_path / "edge" / "blobs")
    third = len(recorded) // 3
    parts = recorded[:third], recorded[third : 2 * third], recorded[2 * third :]
    waves = [list(map(message_of, part)) for part in parts]
    with Crew(tmp_path, settings, tmp_path / "originals", {}) as crew:
        crew.start("agency", "one")
        crew.start("intake", "one")
        written.publish(settings, waves[0])
        wait_until(lambda: written.is_handled(survey))

        crew.start("agency", "two", is_newer=True)  # beside the older one
        wait_until(lambda: "分区" in crew.said("agency", "two"))
        written.publish(settings, waves[1])
        wait_until(lambda: written.is_handled(survey))

        crew.kill("agency", "two")  # the older one takes over what the newer one wrote
        written.publish(settings, waves[2])
        wait_until(lambda: crew.ended() == {("agency", "one"): 2})
        assert "由更新版本的 duban 写成" in crew.said("agency", "one")

        crew.start("agency", "two", is_newer=True)
        wait_until(lambda: written.is_handled(survey))
        ended = crew.stop_all()

    wrong, _ = looked(tmp_path, survey, recorded)
    assert ended == []
    assert wrong == []


def test_the_sample_is_of_a_course_that_has_everything() -> None:
    """Reports good and bad, revisions, rejections, alerts: else reading it would show little."""
    old = written.read(1)
    names = {raw.name for raws in old.streams.values() for raw in raws}
    assert names >= {
        *("report.posted", "report.read", "page.checked", "day.began", "rulebook.released"),
        *("report.assessed", "finding.opened", "alert.opened", "obligation.due"),
    }
    assert {one.name for one in old.later} >= {"report.posted", "page.checked", "day.began"}
    assert set(old.state) == {"intake", "agency"}
