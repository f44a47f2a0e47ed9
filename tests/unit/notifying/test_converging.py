"""Whatever happens, what was told last of an alert is how it stands, and no message comes twice."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.alert import AlertLine
from duban.testing.alerts import Telling, alerted, fault, lifted, silenced

LINES = {name: fault(name) for name in ("SUM", "TXT", "GAP")}
ACTS = st.one_of(
    st.tuples(
        st.just("alert"),
        st.sampled_from("abc"),
        st.frozensets(st.sampled_from(sorted(LINES)), max_size=3),
    ),
    st.tuples(st.just("time"), st.integers(1, 2000), st.none()),
    st.tuples(st.just("break"), st.booleans(), st.none()),
    st.tuples(st.just("restart"), st.none(), st.none()),
    st.tuples(st.just("silence"), st.sampled_from("abc"), st.none()),
    st.tuples(st.just("lift"), st.none(), st.none()),
)


class Course:
    """What happened to an office, as a reader of its messages can hold it against them."""

    def __init__(self, office: Telling) -> None:
        self.office = office
        self.revisions: dict[str, list[tuple[AlertLine, ...]]] = {}
        self.silences = 0

    def act(self, what: str, of: object, lines: object) -> None:
        office = self.office
        match what:
            case "alert":
                assert isinstance(lines, frozenset)
                told = tuple(LINES[name] for name in sorted(lines))
                past = self.revisions.setdefault(f"{of}/2024/report", [()])
                if past[-1] != told:
                    past.append(told)
                    office.take(alerted(str(of), len(past) - 1, *told))
            case "time":
                assert isinstance(of, int)
                office.pass_(timedelta(minutes=of))
            case "break":
                office.channel.is_broken = bool(of)
            case "restart":
                office.start()
                office.run()
            case "silence":
                self.silences += 1
                until = office.clock.now() + timedelta(days=2)
                office.take(silenced(f"s{self.silences}", until, agency_id=of))
            case "lift":
                office.take(*(lifted(f"s{n}") for n in range(1, self.silences + 1)))

    def told_last(self) -> dict[str, tuple[AlertLine, ...]]:
        found: dict[str, tuple[AlertLine, ...]] = dict.fromkeys(self.revisions, ())
        for message in self.office.messages():
            for key, revision in message.alerts.items():
                found[key] = self.revisions[key][revision]
        return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ACTS, max_size=25), st.integers(1, 3))
def test_what_was_told_last_is_how_things_stand(
    acts: list[tuple[str, object, object]], most: int
) -> None:
    with tempfile.TemporaryDirectory() as name, EmbeddedStore(Path(name) / "data") as store:
        course = Course(Telling(Path(name) / "out", store, most=most))
        for act in acts:
            course.act(*act)
        course.office.channel.is_broken = False
        for _ in range(60):
            course.office.pass_(timedelta(hours=1))

        standing = {key: past[-1] for key, past in course.revisions.items()}
        assert course.told_last() == standing
        ids = [message.id for message in course.office.messages()]
        assert len(set(ids)) == len(ids)
        assert [one.message_id for one in course.office.receipts()] == ids
