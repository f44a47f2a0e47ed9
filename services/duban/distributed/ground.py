"""What the parts of the edge stand on: one folder, whose history is an outbox, and Kafka."""

from __future__ import annotations

from contextlib import ExitStack

import msgspec

from duban.adapters.clock import SystemClock
from duban.adapters.embedded.runner import Unit
from duban.adapters.embedded.store import EmbeddedStore
from duban.config import KafkaSettings, Settings
from duban.distributed.patient import Patient, PatientReader
from duban.measuring.figures import Figures


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """Shared by the parts of one process; `open` closes what they open, the last first."""

    settings: Settings
    kafka: KafkaSettings
    store: EmbeddedStore
    clock: SystemClock
    figures: Figures
    open: ExitStack
    patient: list[Patient] = msgspec.field(default_factory=list)

    def reader(self) -> PatientReader:
        """A connection of its own for a unit that reads from Kafka."""
        reader = PatientReader(self.kafka)
        self.open.callback(reader.close)
        return reader

    def patiently(self, unit: Unit) -> Unit:
        """The unit, which waits while Kafka is out of reach."""
        self.patient.append(Patient(unit))
        return self.patient[-1]

    def reaches_kafka(self) -> bool:
        """Whether every unit had Kafka at its last try."""
        return all(one.is_well for one in self.patient)

    def knows_day(self) -> bool:
        """Whether the clock is believed."""
        return self.clock.problem() is None
