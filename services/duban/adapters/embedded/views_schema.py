"""The tables of the read models, which follow from the history and lie in a file of their own.

When they change, raise `VERSION`: files of another version are not converted, the read models are
built anew from the history.
"""

from __future__ import annotations

from duban.adapters.embedded.layout import Layout

# `known_from`/`known_to` are positions of the history, `from_us`/`to_us` the times of those
# events in microseconds since 1970; an open end means "still so". Nothing is ever deleted, except
# from `stale`. Lists and counts are answered from indexes alone, so these hold all that may be
# asked for; what is large is read only for the rows of one page.
# `words`: the full text, by document; the number of a document orders them by year (newest first)
# and agency; words by their first character are for single characters, and those that end a piece
# of a search. `stale`: the documents that no search of what is so now may find.
# `place`: the year of the report that was last read at an address, and when it was last withdrawn.
# `progress`: the last event, and the last among them that was posted or is a fact.
_TABLES = """
CREATE TABLE agency (
    agency_id TEXT NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    removed INTEGER NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    parent TEXT,
    body BLOB NOT NULL
);
CREATE INDEX agency_rows ON agency (agency_id, to_us, from_us, removed, kind, name, parent);
CREATE INDEX agency_below ON agency (parent, to_us, from_us, agency_id);
CREATE INDEX agency_hidden ON agency (agency_id, to_us) WHERE to_us IS NULL AND removed = 1;

CREATE TABLE agency_number (
    number INTEGER PRIMARY KEY,
    agency_id TEXT NOT NULL UNIQUE
);

CREATE TABLE report (
    agency_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    state TEXT NOT NULL,
    is_late INTEGER NOT NULL,
    document INTEGER,
    standing BLOB NOT NULL
);
CREATE INDEX report_rows ON report (agency_id, year, to_us, from_us, state, is_late);
CREATE INDEX report_states ON report (year, state, agency_id, is_late, to_us)
    WHERE to_us IS NULL AND state <> '';

CREATE TABLE finding (
    id INTEGER PRIMARY KEY,
    agency_id TEXT NOT NULL,
    year INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    revision INTEGER NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    is_open INTEGER NOT NULL,
    since_us INTEGER NOT NULL,
    rule TEXT NOT NULL,
    severity INTEGER NOT NULL,
    told INTEGER NOT NULL,
    rulebook TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX finding_rows ON finding (
    agency_id, year, fingerprint, to_us, from_us, is_open, severity, rule, since_us, told
);
CREATE INDEX finding_newest
    ON finding (since_us DESC, id DESC, severity, rule, year, agency_id, told, is_open, to_us)
    WHERE to_us IS NULL AND is_open = 1;
CREATE INDEX finding_gravest
    ON finding (severity, since_us DESC, id DESC, rule, year, agency_id, told, is_open, to_us)
    WHERE to_us IS NULL AND is_open = 1;
CREATE INDEX finding_agencies
    ON finding (agency_id, year DESC, severity, id, rule, told, is_open, to_us)
    WHERE to_us IS NULL AND is_open = 1;
CREATE INDEX finding_rules
    ON finding (rule, severity, agency_id, year DESC, id, told, is_open, to_us)
    WHERE to_us IS NULL AND is_open = 1;

CREATE TABLE told (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);

CREATE TABLE rejected (
    sha256 TEXT NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    settled INTEGER NOT NULL,
    agency_id TEXT,
    body BLOB NOT NULL
);
CREATE INDEX rejected_rows ON rejected (sha256, to_us);
CREATE INDEX rejected_newest ON rejected (from_us, agency_id, settled, to_us)
    WHERE to_us IS NULL AND settled = 0;

CREATE TABLE page (
    agency_id TEXT NOT NULL,
    url TEXT NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    outcome TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE INDEX page_rows ON page (agency_id, url, to_us, from_us, outcome);
CREATE INDEX page_seen ON page (agency_id, outcome, from_us, to_us) WHERE to_us IS NULL;

CREATE TABLE posting (
    id TEXT PRIMARY KEY,
    at_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE place (
    agency_id TEXT NOT NULL,
    url TEXT NOT NULL,
    year INTEGER,
    gone_us INTEGER,
    PRIMARY KEY (agency_id, url)
) WITHOUT ROWID;

CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', tokenize = "ascii", columnsize = 0, prefix = '1'
);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab (words, row);
CREATE TABLE stale (
    document INTEGER PRIMARY KEY
);

CREATE TABLE progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    fact INTEGER NOT NULL,
    at_us INTEGER NOT NULL
);
INSERT INTO progress VALUES (1, 0, 0, 0);
"""

VERSION = 6
LAYOUT = Layout(
    application_id=0x44554256,  # "DUBV" in the file header tells our files from others
    version=VERSION,
    steps={VERSION: _TABLES},
)
