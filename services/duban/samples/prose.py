"""Sentences of an invented report, drawn so that they agree with its figures."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from duban.domain.report import Regime
from duban.samples.data import load
from duban.samples.figures import Figures
from duban.samples.manuscript import Paragraph, Sentence
from duban.samples.roster import Entry

OUTCOMES: tuple[tuple[str, str, str], ...] = (
    ("granted", "予以公开", "results.granted"),
    ("partial", "部分公开", "results.partially_granted"),
    ("refused", "不予公开", "results.refused."),
    ("not_provided", "无法提供", "results.not_provided."),
    ("not_processed", "不予处理", "results.not_processed."),
    ("other_handling", "其他处理", "results.other."),
)
_SLOT = re.compile(r"\{(\w+)\}")


class Writer:
    """Writes the parts of one report."""

    def __init__(self, rng: Random, entry: Entry, year: int, form: Regime, figures: Figures):
        self._rng = rng
        self._form = form
        self._words: dict[str, Any] = load("wording")
        self._year = year
        self._figures = figures
        self._values = self._known(entry, year)

    def _known(self, entry: Entry, year: int) -> dict[str, int | float | str]:
        rng = self._rng
        values: dict[str, int | float | str] = {
            "we": entry.we, "short": entry.short, "agency": entry.agency.name,
            "county": load("names")["county"],
            "year": year, "last": year - 1, "next": year + 1,
            "topic": "、".join(rng.sample(self._words["topics"], 2)),
            "n1": rng.randint(120, 980), "n2": rng.randint(11, 99), "n3": rng.randint(2, 9),
            "n4": rng.randint(2, 9), "pct": f"{rng.randint(900, 999) / 10}",
        }  # fmt: skip
        values |= request_values(self._figures.applications)
        values |= dispute_values(self._figures.disputes)
        values["withdrawn"] = min(int(values["other_handling"]), rng.randint(1, 3))
        if self._form == "R2021":
            for name in ("issued", "repealed", "in_force"):
                values[f"normative_{name}"] = self._figures.disclosure[
                    f"normative_documents.{name}"
                ]
        return values | self._channels() | self._fees()

    def _channels(self) -> dict[str, int]:
        rng = self._rng
        first, second, third = rng.randint(40, 900), rng.randint(10, 400), rng.randint(3, 60)
        received = self._figures.applications["new_received.total"]
        online = rng.randint(0, received)
        return {
            "part1": first, "part2": second, "part3": third,
            "proactive_total": first + second + third,
            "channel1": online, "channel2": received - online,
        }  # fmt: skip

    def _fees(self) -> dict[str, int]:
        overdue = self._figures.applications.get("results.other.overdue_fee.total", 0)
        count = overdue + (
            self._rng.randint(0, 3) if overdue else self._rng.choice((0, 0, 0, 0, 2))
        )
        amount = count * 10 * self._rng.randint(10, 40)
        paid = amount // 10 // 3 * 10 if overdue else amount
        return {"notice_count": count, "notice_amount": amount, "collected_amount": paid}

    def say(self, topic: str, **more: str) -> Sentence:
        """A sentence of a topic, every slot filled."""
        item = self._rng.choice(self._words[topic])
        return self.fill(item, topic, **more)

    def fill(self, item: str | dict[str, Any], topic: str, **more: str) -> Sentence:
        """One template of the wording file with its slots filled."""
        entry: dict[str, Any] = {"text": item} if isinstance(item, str) else item
        template = entry["text"]
        for name, text in more.items():
            template = template.replace(f"{{{name}}}", text)
        values = {name: self._values[name] for name in _SLOT.findall(template)}
        fees = tuple(entry["fees"]) if "fees" in entry else None
        zero, implies = tuple(entry.get("zero", ())), dict(entry.get("implies", {}))
        return Sentence(template, values, topic, zero, fees, implies)

    def preface(self) -> list[Paragraph]:
        """One or no paragraph before part 1."""
        return [Paragraph([self.say("preface")])] if self._rng.random() < 0.85 else []

    def general(self) -> list[Paragraph]:
        """The paragraphs of part 1, each with its plain sub-heading."""
        rng = self._rng
        topics = ("proactive", "requests", "management", "platform", "supervision")
        paragraphs = []
        for topic in topics:
            head = rng.choice(self._words["subheads"][topic])
            sentences = self.requests() if topic == "requests" else [self.say(topic)]
            paragraphs.append(Paragraph(sentences, head))
        if self._form == "R2021" and rng.random() < 0.5:
            paragraphs[2].sentences.append(self.say("normative"))
        paragraphs[1].sentences += self.disputes()
        for _ in range(rng.randint(1, 3)):
            target = paragraphs[rng.choice((0, 2, 3, 4))]
            target.sentences.append(self._harmless([s for p in paragraphs for s in p.sentences]))
        return paragraphs

    def _harmless(self, said: list[Sentence]) -> Sentence:
        used = {sentence.template for sentence in said}
        choices = [text for text in self._words["harmless"] if text not in used]
        return self.fill(self._rng.choice(choices), "harmless")

    def requests(self) -> list[Sentence]:
        """What part 1 says of applications."""
        cells = self._figures.applications
        new, carried = cells["new_received.total"], cells["carried_over.total"]
        if new == 0:
            return [] if carried else [self.say("requests_zero")]
        topic = self._rng.choice(
            ("requests_simple", "requests_handled", "requests_balance", "requests_balance")
            if carried == 0
            else ("requests_simple", "requests_handled", "requests_balance", "requests_carried")
        )
        listing = self.listing()
        options = self._words[topic]
        short = sum(f"{{{name}}}" in listing for name, _, _ in OUTCOMES) < 3
        if short:
            options = [item for item in options if "{outcomes}" not in str(item)]
        first = self.fill(self._rng.choice(options), topic, outcomes=listing)
        sentences = [first]
        listed = "{granted}" in first.template
        if not listed and not short and self._rng.random() < 0.6:
            sentences.append(self.say("outcomes", outcomes=listing))
        return sentences

    def listing(self) -> str:
        """A list of outcomes: all that occurred, sometimes zeros too."""
        separator = self._rng.choice(("、", "，"))
        with_zeros = self._rng.random() < 0.4
        withdrawn = "（含申请人撤回{withdrawn}件）" if self._rng.random() < 0.3 else ""
        notes = {"other_handling": withdrawn if self._values["withdrawn"] else ""}
        named = [
            f"{label}{notes.get(name, '')}{{{name}}}件"
            for name, label, _ in OUTCOMES
            if with_zeros or self._values[name]
        ]
        return separator.join(named)

    def disputes(self) -> list[Sentence]:
        """What part 1 says of disputes, if anything."""
        if self._rng.random() < 0.15:
            return []
        recon, lit = self._values["recon_total"], self._values["lit_total"]
        if not recon and not lit:
            return [self.say("disputes_zero")]
        if lit and self._values["lit_upheld"] == lit and self._rng.random() < 0.5:
            return [self.say("disputes_upheld")]
        return [self.say(self._rng.choice(("disputes_totals", "disputes_parts")))]

    def problems(self) -> list[Paragraph]:
        """Part 5."""
        rng = self._rng
        first, second = self.say("problems"), self.say("improvements")
        if rng.random() < 0.4:
            return [
                Paragraph([first], rng.choice(("（一）存在的问题", "（一）主要问题"))),
                Paragraph([second], rng.choice(("（二）改进情况", "（二）改进措施"))),
            ]
        return [Paragraph([first]), Paragraph([second])]

    def others(self) -> list[Paragraph]:
        """Part 6: fees where the form asks for them, sometimes more."""
        rng = self._rng
        if self._year < 2021:
            return [Paragraph([self.say("nothing_else")])]
        topic = "fees_paid" if self._values["notice_count"] else "fees_zero"
        paragraphs = [Paragraph([self.say(topic)])]
        if rng.random() < 0.35:
            paragraphs.append(Paragraph([self.say("extras")]))
        return paragraphs


def request_values(cells: dict[str, int]) -> dict[str, int]:
    """What the facts about applications are, by slot."""
    new, carried = cells["new_received.total"], cells["carried_over.total"]
    values = {
        "received": new, "new_strict": new, "received_all": new + carried,
        "carried_over": carried, "handled": cells["results.total.total"],
        "carried_forward": cells["carried_forward.total"],
    }  # fmt: skip
    for name, _, prefix in OUTCOMES:
        values[name] = sum(
            count
            for path, count in cells.items()
            if path.startswith(prefix) and path.endswith(".total")
        )
    return values


def dispute_values(cells: dict[str, int]) -> dict[str, int]:
    """What the facts about disputes are, by slot."""
    values: dict[str, int] = {}
    for part in ("upheld", "corrected", "other", "pending", "total"):
        values[f"recon_{part}"] = cells[f"reconsideration.{part}"]
        values[f"lit_{part}"] = (
            cells[f"litigation_direct.{part}"] + cells[f"litigation_after_reconsideration.{part}"]
        )
    return values
