"""The tables of history and state, and the steps from each version of it to the next."""

from __future__ import annotations

from duban.adapters.embedded.layout import Layout

_HISTORY = """
CREATE TABLE event (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    topic TEXT NOT NULL,
    id TEXT NOT NULL,
    packed INTEGER NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX event_id ON event (topic, id);
CREATE INDEX event_topic ON event (topic, position);
"""

_STATE = """
CREATE TABLE cursor (
    unit TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    broadcast_after TEXT
);
CREATE TABLE state (
    unit TEXT NOT NULL,
    key TEXT NOT NULL,
    part TEXT NOT NULL,
    position INTEGER NOT NULL,
    packed INTEGER NOT NULL,
    data BLOB NOT NULL
);
CREATE UNIQUE INDEX state_part ON state (unit, key, part);
CREATE TABLE known_key (
    unit TEXT NOT NULL,
    key TEXT NOT NULL,
    PRIMARY KEY (unit, key)
) WITHOUT ROWID;
CREATE TABLE broadcast (
    unit TEXT NOT NULL,
    name TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (unit, name)
) WITHOUT ROWID;
CREATE TABLE set_aside (
    unit TEXT NOT NULL,
    position INTEGER NOT NULL,
    key TEXT NOT NULL,
    event_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    PRIMARY KEY (unit, position, key)
) WITHOUT ROWID;
"""

# Up to version 1 the read models lay in this file too.
_MODELS_LEAVE = """
DROP TABLE IF EXISTS agency;
DROP TABLE IF EXISTS report;
DROP TABLE IF EXISTS finding;
DROP TABLE IF EXISTS rejected;
DROP TABLE IF EXISTS page;
DROP TABLE IF EXISTS posting;
DROP TABLE IF EXISTS words;
DROP TABLE IF EXISTS progress;
"""

# The position of the retry that settled it.
_SETTLED = """
ALTER TABLE set_aside ADD COLUMN settled INTEGER;
"""

# The same tables; but programs of before know no report whose cells are kept in columns.
_COLUMNS = ""

VERSION = 4
LAYOUT = Layout(
    application_id=0x4455424E,  # "DUBN" in the file header tells our files from others
    version=VERSION,
    steps={1: _HISTORY + _STATE, 2: _MODELS_LEAVE, 3: _SETTLED, 4: _COLUMNS},
)

#: State alone, for who derives the conclusions again and keeps no history.
SCRATCH = Layout(
    application_id=0x44554253,  # "DUBS"
    version=VERSION,
    steps={VERSION: _STATE + _SETTLED},
)
