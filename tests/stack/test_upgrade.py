"""What the previous version wrote is gone on with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.drill_stack import check
from tests.drill_stack.crew import Crew
from tests.drill_stack.derive import derive
from tests.stack import written
from tests.stack.kafka_topics import PARTITIONS
from tests.stack.removing import remove_topics
from tests.stack.survey import Survey
from tests.stack.workers import wait_until as wait_for

from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.kafka import admin
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
