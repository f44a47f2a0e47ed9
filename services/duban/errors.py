"""Every error duban raises on purpose.

DubanError                  an expected failure: one sentence saying what, where, what to do
├── UsageError              the command, an option or a configuration file is wrong (exit 2)
├── UnreadableError         bytes that cannot be read as a document, with a code of the check output
├── EventError              an event that cannot be decoded, or is newer than this program
├── RuleError               a rule file, word list or lock file that is wrong
├── RosterError             a roster file that is wrong
├── StorageError            the database or blob folder cannot be used
│   └── BlobError           one original is missing or altered
├── MachineError            this machine cannot do its part just now; later the same may go well
├── FetchError              a page that could not be fetched; never a fault of the agency
└── NotifyError             a message that a channel did not take
"""

from __future__ import annotations


class DubanError(Exception):
    """An expected failure; its text is one sentence a user can act on.

    `english` says the same in English, where somebody wrote it; else it is empty.
    """

    def __init__(self, message: str = "", english: str = "") -> None:
        super().__init__(message)
        self.english = english


class UsageError(DubanError):
    """The command line, a setting or a path given by the user is wrong."""


class UnreadableError(DubanError):
    """Bytes that cannot be read; `code` is one of the codes of the check output."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __reduce__(self) -> tuple[type[UnreadableError], tuple[str, str]]:
        return (UnreadableError, (self.code, self.message))


class EventError(DubanError):
    """An event that cannot be decoded, or was written by a newer program."""


class RuleError(DubanError):
    """A rule file, a word list or the lock file is wrong."""


class RosterError(DubanError):
    """The roster of agencies is wrong."""


class StorageError(DubanError):
    """The database or the blob folder cannot be used."""


class BlobError(StorageError):
    """One original is not there, or is not what was stored; all else can be used."""


class MachineError(DubanError):
    """This machine cannot do its part just now, whatever it was given; later it may go well."""


class FetchError(DubanError):
    """A page could not be fetched. This says nothing about the agency."""


class NotifyError(DubanError):
    """A channel did not take a message; it is sent again later."""
