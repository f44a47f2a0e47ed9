"""The notifier tells each thing once, in time, and no more than a reader can act on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import encode
from duban.domain.message import Message
from duban.notifying.plan import Route
from duban.testing.alerts import WINDOW, Telling, alerted, fault, lifted, silenced

SUM, TXT = fault("SUM"), fault("TXT", "warning")
MakeOffice = Callable[..., Telling]


@pytest.fixture
def make_office(tmp_path: Path) -> Iterator[MakeOffice]:
    opened: list[EmbeddedStore] = []

    def make(*routes: Route, most: int = 6) -> Telling:
        opened.append(EmbeddedStore(tmp_path / "data"))
        return Telling(tmp_path / "out", opened[-1], *routes, most=most)

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def office(make_office: MakeOffice) -> Telling:
    return make_office()


def test_a_bad_report_is_one_message_once_its_window_is_over(office: Telling) -> None:
    office.take(alerted("a", 1, SUM, TXT))
    assert office.subjects() == []

    office.pass_(WINDOW)
    office.pass_(timedelta(days=1))

    assert office.subjects() == ["a县财政局 2024 年度：新发现，1 处错误、1 处疑似"]


def test_what_changes_within_the_window_is_told_as_it_stands_at_its_end(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.clock.move(timedelta(minutes=5))
    office.take(alerted("a", 2, SUM, TXT))

    office.pass_(timedelta(minutes=5))

    (one,) = office.messages()
    assert one.alerts == {"a/2024/report": 2}


def test_what_ends_within_the_window_is_never_told(office: Telling) -> None:
    office.take(alerted("a", 1, SUM), alerted("a", 2))

    office.pass_(WINDOW)

    assert office.messages() == []


def test_a_change_and_an_end_are_told_each_once(office: Telling) -> None:
    for event in (
        alerted("a", 1, SUM),
        alerted("a", 2, SUM, TXT),
        alerted("a", 3),
        alerted("a", 4, SUM),
    ):
        office.take(event)
        office.pass_(WINDOW)

    assert office.subjects() == [
        "a县财政局 2024 年度：新发现，1 处错误",
        "a县财政局 2024 年度：有变化，1 处错误、1 处疑似",
        "a县财政局 2024 年度：提醒解除",
        "a县财政局 2024 年度：新发现，1 处错误",
    ]


def test_what_is_absent_and_what_is_wrong_of_one_year_is_one_message(office: Telling) -> None:
    office.take(alerted("a", 1, SUM), alerted("a", 1, fault("LATE"), kind="absent"))

    office.pass_(WINDOW)

    (one,) = office.messages()
    assert set(one.alerts) == {"a/2024/absent", "a/2024/report"}


def test_a_message_says_whose_what_where_and_where_to_look_in_both_languages(
    office: Telling,
) -> None:
    office.take(alerted("a", 1, SUM, TXT))
    office.pass_(WINDOW)

    chinese, _, english = office.messages()[0].text.partition("—— English ——")

    for part in (
        "机关：a县财政局（甲县）", "年度：2024", "错误（文件或记录可以证明）：",
        "1. SUM不符，实为 1。",
        "“总计”列", "规则 SUM", "疑似（须经核实，不作结论）：", "1. TXT不符", "http://gov/a",
        "http://duban.local/reports/a/2024",
    ):  # fmt: skip
        assert part in chinese, part
    assert chinese.index("错误（") < chinese.index("SUM不符") < chinese.index("疑似（")
    for part in (
        "Agency: a县财政局", "Year: 2024", "Errors (proved", "SUM does not hold: 1.",
        "Suspicions (no conclusion", "rule TXT", "http://duban.local/reports/a/2024?lang=en",
    ):  # fmt: skip
        assert part in english, part
    assert "不符" not in english


def test_what_cannot_be_read_is_no_fault(office: Telling) -> None:
    line = msgspec.structs.replace(TXT, rule="", message="扫描件，没有文字层。", cells=())
    office.take(alerted("a", 1, line, kind="unreadable"))
    office.pass_(WINDOW)

    (one,) = office.messages()
    assert "请人工查看" in one.subject
    assert "错误" not in one.text
    assert "疑似" not in one.text


def test_an_end_because_nothing_can_be_read_any_more_claims_no_mending(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    office.take(alerted("a", 2, because="unreadable"))
    office.pass_(WINDOW)

    assert "并不表示已经改正" in office.messages()[-1].text


def test_a_re_reading_of_ours_tells_nobody(office: Telling) -> None:
    office.take(alerted("a", 1, SUM, quiet=True))
    office.pass_(WINDOW)
    office.take(alerted("a", 2, SUM, TXT, quiet=True))
    office.pass_(timedelta(days=30))
    office.take(alerted("a", 3, quiet=True))
    office.pass_(WINDOW)

    assert office.messages() == []


def test_an_alert_that_was_sent_and_was_our_own_misreading_is_taken_back(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    office.take(alerted("a", 2, quiet=True))
    office.pass_(WINDOW)

    assert len(office.messages()) == 2
    assert "问题出在我们的读取，与该机关无关" in office.messages()[1].text


def test_what_was_found_by_a_re_reading_is_told_once_the_agency_changes_its_report(
    office: Telling,
) -> None:
    office.take(alerted("a", 1, SUM, quiet=True))
    office.pass_(WINDOW)
    office.take(alerted("a", 2, fault("SUM", grounds="2")))
    office.pass_(WINDOW)

    assert office.subjects() == ["a县财政局 2024 年度：新发现，1 处错误"]


def test_what_stays_open_is_told_again_after_a_week_and_then_after_another(
    office: Telling,
) -> None:
    office.take(alerted("a", 1, SUM), alerted("b", 1, TXT))
    office.pass_(WINDOW)
    for _ in range(15):
        office.pass_(timedelta(days=1))
        office.pass_(WINDOW)

    purposes = [one.purpose for one in office.messages()]
    assert purposes == ["alert", "alert", "repeat", "repeat"]
    assert office.subjects()[2] == "仍未消除：2 个机关、2 项提醒"


def test_what_was_resolved_is_not_told_again(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    office.take(alerted("a", 2))
    office.pass_(timedelta(days=30))
    office.pass_(timedelta(days=30))

    assert [one.purpose for one in office.messages()] == ["alert", "alert"]


def test_a_flood_is_one_digest(make_office: MakeOffice) -> None:
    office = make_office(most=3)
    office.take(*(alerted(f"a{n}", 1, SUM, TXT) for n in range(40)))

    office.pass_(WINDOW)

    (one,) = office.messages()
    assert (one.purpose, len(one.alerts)) == ("digest", 40)
    assert one.subject == "【督办】汇总：40 个机关、40 项提醒"
    assert "a7县财政局 2024 年度 [新发现] SUM不符，实为 1。（等 2 处）" in one.text


def test_no_hour_brings_more_messages_than_were_asked_for_and_nothing_is_left_out(
    make_office: MakeOffice,
) -> None:
    office = make_office(most=3)
    for n in range(48):  # one bad report every ten minutes, for eight hours
        office.take(alerted(f"a{n:02}", 1, SUM))
        office.pass_(WINDOW)
    office.pass_(timedelta(hours=2))

    told = [key for one in office.messages() for key in one.alerts]
    assert sorted(told) == [f"a{n:02}/2024/report" for n in range(48)]
    times = [one.at for one in office.messages()]
    assert all(b - a >= timedelta(hours=1) for a, b in zip(times, times[3:], strict=False))


def test_after_an_outage_of_the_channel_one_digest_tells_how_things_stand(
    office: Telling,
) -> None:
    office.channel.is_broken = True
    office.take(alerted("a", 1, SUM))
    for n in range(6):
        office.pass_(timedelta(hours=1))
        office.take(alerted(f"b{n}", 1, SUM))
    office.take(alerted("b0", 2))
    office.channel.is_broken = False

    office.pass_(timedelta(hours=1))
    office.pass_(timedelta(days=1))

    (one,) = office.messages()
    assert one.purpose == "digest"
    assert set(one.alerts) == {"a/2024/report", *(f"b{n}/2024/report" for n in range(1, 6))}


def test_a_broken_channel_is_not_asked_again_at_once(office: Telling) -> None:
    office.channel.is_broken = True
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    for _ in range(3600):
        office.pass_(timedelta(seconds=1))

    assert 3 <= office.channel.asked <= 10


def test_a_channel_with_a_fault_of_its_own_stops_nobody(office: Telling) -> None:
    class Faulty:
        def send(self, message: Message) -> None:
            raise ZeroDivisionError

    working, office.channel = office.channel, Faulty()  # type: ignore[assignment]
    office.start()
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    office.channel = working
    office.start()
    office.pass_(timedelta(hours=1))

    assert len(office.messages()) == len(office.receipts()) == 1


def test_a_silence_keeps_quiet_and_what_still_stands_is_told_at_its_end(office: Telling) -> None:
    until = office.clock.now() + timedelta(days=3)
    office.take(silenced("s", until, agency_id="a"))
    office.take(alerted("a", 1, SUM), alerted("b", 1, SUM))
    office.pass_(timedelta(days=2))
    assert office.subjects() == ["b县财政局 2024 年度：新发现，1 处错误"]

    office.pass_(timedelta(days=1))

    assert office.subjects()[1:] == ["a县财政局 2024 年度：新发现，1 处错误"]


def test_a_silence_can_be_lifted_and_what_ended_meanwhile_is_never_told(office: Telling) -> None:
    until = office.clock.now() + timedelta(days=3)
    office.take(silenced("s", until, jurisdiction="county"))
    office.take(alerted("a", 1, SUM), alerted("b", 1, SUM))
    office.pass_(timedelta(days=1))
    office.take(alerted("b", 2))

    office.take(lifted("s"))
    office.pass_(WINDOW)

    assert office.subjects() == ["a县财政局 2024 年度：新发现，1 处错误"]


def test_a_silenced_rule_leaves_the_other_faults_to_be_told(office: Telling) -> None:
    until = office.clock.now() + timedelta(days=30)
    office.take(silenced("s", until, rule="SUM"))
    office.take(alerted("a", 1, SUM, TXT), alerted("b", 1, SUM))

    office.pass_(WINDOW)

    assert office.subjects() == ["a县财政局 2024 年度：新发现，1 处疑似"]
    assert "SUM" not in office.messages()[0].text


def test_a_route_is_told_of_its_jurisdiction_kind_severity_and_rules_only(
    make_office: MakeOffice,
) -> None:
    office = make_office(
        Route(name="县", channel="目录", jurisdictions=("county",), severity="error"),
        Route(name="区域", channel="目录", jurisdictions=("乙",), rules=("T*",)),
        Route(name="缺报", channel="目录", kinds=("absent",)),
    )
    office.take(
        alerted("a", 1, SUM, TXT),
        alerted("b", 1, SUM, TXT, parent="x", region="乙县"),
        alerted("c", 1, SUM, parent="x", kind="absent", region="丙"),
        alerted("d", 1, SUM, parent="x", region="丁"),
    )
    office.pass_(WINDOW)

    by_route = {one.route: set(one.alerts) for one in office.receipts()}
    assert by_route == {
        "县": {"a/2024/report"},
        "区域": {"b/2024/report"},
        "缺报": {"c/2024/absent"},
    }
    texts = "".join(one.text for one in office.messages() if "a/2024/report" in one.alerts)
    assert "TXT" not in texts


def test_a_new_route_hears_of_what_is_open_and_no_other_route_hears_it_again(
    office: Telling,
) -> None:
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    routes = (*office.plan.routes, Route(name="新", channel="目录"))

    office.start(msgspec.structs.replace(office.plan, routes=routes))
    office.run()
    office.pass_(WINDOW)

    assert [one.route for one in office.receipts()] == ["全部", "新"]


def test_a_restart_tells_nothing_twice_and_forgets_nothing(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.start()
    office.pass_(WINDOW)
    office.start()
    office.pass_(timedelta(days=1))

    assert len(office.messages()) == len(office.receipts()) == 1


def test_old_events_that_come_again_tell_nothing(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))
    office.take(alerted("a", 2))
    office.take(msgspec.structs.replace(alerted("a", 1, SUM), id="again"))
    office.pass_(WINDOW)

    assert office.messages() == []


def test_an_alert_of_a_newer_program_stops_no_other(office: Telling) -> None:
    newer = encode(alerted("b", 1, SUM)).replace(b'"version":1', b'"version":9')
    with office.store.history.write() as connection:
        connection.execute(
            "INSERT INTO event (topic, id, packed, body) VALUES ('alerts', 'newer', 0, ?)", (newer,)
        )
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)

    assert [set(one.alerts) for one in office.messages()] == [{"a/2024/report"}]


def test_a_clock_set_back_does_not_hold_news_for_long(office: Telling) -> None:
    office.take(alerted("a", 1, SUM))

    office.pass_(timedelta(days=-400))

    assert len(office.messages()) == 1


class _Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class _Mortal:
    """A state store that dies at its n-th commit, before or after it is stored."""

    def __init__(self, store: object, lives: int, *, after: bool) -> None:
        self._store, self._lives, self._after = store, lives, after

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def commit(self, step: object) -> None:
        if self._after:
            self._store.commit(step)  # type: ignore[attr-defined]
        if self._lives == 0:
            raise _Killed
        self._lives -= 1
        if not self._after:
            self._store.commit(step)  # type: ignore[attr-defined]


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_any_write_each_message_comes_exactly_once_where_the_channel_can_tell(
    tmp_path: Path, after: bool
) -> None:
    lives = 0
    while True:
        folder = tmp_path / str(lives)
        with EmbeddedStore(folder / "data") as store:
            office = Telling(folder / "out", store)
            states = office.notifying._states
            office.notifying._states = _Mortal(states, lives, after=after)  # type: ignore[assignment]
            died = False
            try:
                _journey(office)
            except _Killed:
                died = True
                office.start()
                _journey(office)
            assert office.subjects() == [
                "a县财政局 2024 年度：新发现，1 处错误",
                "a县财政局 2024 年度：提醒解除",
            ], lives
            assert [one.message_id for one in office.receipts()] == [
                one.id for one in office.messages()
            ]
        if not died:
            break
        lives += 1
    assert lives > 8


def _journey(office: Telling) -> None:
    """Twice the same facts: what the log holds already is not recorded again."""
    office.take(alerted("a", 1, SUM))
    office.pass_(WINDOW)
    if not office.receipts():
        office.pass_(WINDOW)
    office.take(alerted("a", 2))
    office.pass_(WINDOW)


class _Deadly:
    """Takes the message and dies before anybody hears of it."""

    def __init__(self, office: Telling) -> None:
        self._channel = office.channel
        self.ids: list[tuple[str, bool]] = []
        self.is_deadly = True

    def send(self, message: Message) -> None:
        self.ids.append((message.id, message.again))
        self._channel.send(message)
        if self.is_deadly:
            raise _Killed


def test_killed_between_sending_and_receipt_the_same_message_goes_again_and_says_so(
    office: Telling,
) -> None:
    channel = _Deadly(office)
    office.channel = channel  # type: ignore[assignment]
    office.start()
    office.take(alerted("a", 1, SUM))
    with pytest.raises(_Killed):
        office.pass_(WINDOW)
    channel.is_deadly = False

    office.start()
    office.run()

    (first, again) = channel.ids
    assert first[0] == again[0]
    assert (first[1], again[1]) == (False, True)
    assert len(office.receipts()) == 1
