"""The tables of the read models, which follow from the history and lie in a file of their own.

When they change, raise `VERSION`: files of another version are not converted, the read models are
built anew from the history.
"""

from __future__ import annotations

from duban.adapters.embedded.layout import Layout

# `known_from`/`known_to` are positions of the history, `from_us`/`to_us` the times of those
# events in microseconds since 1970; an open end means "still so". Nothing is ever deleted.
# The indexes of what is so now also hold the columns of their own conditions: without them the
# row itself would be read to check what the index already says.
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
CREATE UNIQUE INDEX agency_now ON agency (agency_id) WHERE known_to IS NULL;
CREATE INDEX agency_shown ON agency (agency_id, removed, kind, name, known_to)
    WHERE known_to IS NULL;
CREATE INDEX agency_below ON agency (parent, agency_id) WHERE known_to IS NULL;
CREATE INDEX agency_history ON agency (agency_id, known_from);

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
CREATE UNIQUE INDEX report_now ON report (agency_id, year) WHERE known_to IS NULL;
CREATE INDEX report_seen ON report (agency_id, year, state, known_to) WHERE known_to IS NULL;
CREATE INDEX report_states ON report (year, state, agency_id, known_to) WHERE known_to IS NULL;
CREATE INDEX report_document ON report (document, year, agency_id, known_to)
    WHERE known_to IS NULL;
CREATE INDEX report_history ON report (agency_id, year, known_from);

CREATE TABLE finding (
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
    told TEXT NOT NULL,
    rulebook TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX finding_now ON finding (agency_id, year, fingerprint) WHERE known_to IS NULL;
CREATE INDEX finding_newest ON finding (since_us, known_from, agency_id, is_open, known_to)
    WHERE known_to IS NULL AND is_open = 1;
CREATE INDEX finding_gravest
    ON finding (severity, since_us DESC, known_from DESC, agency_id, is_open, known_to)
    WHERE known_to IS NULL AND is_open = 1;
CREATE INDEX finding_rules ON finding (rule, severity, agency_id, year, is_open, known_to)
    WHERE known_to IS NULL AND is_open = 1;
CREATE INDEX finding_history ON finding (agency_id, year, fingerprint, known_from);

CREATE TABLE rejected (
    sha256 TEXT NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    settled INTEGER NOT NULL,
    agency_id TEXT,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX rejected_now ON rejected (sha256) WHERE known_to IS NULL;
CREATE INDEX rejected_newest ON rejected (from_us) WHERE known_to IS NULL AND settled = 0;
CREATE INDEX rejected_history ON rejected (sha256, known_from);

CREATE TABLE page (
    agency_id TEXT NOT NULL,
    url TEXT NOT NULL,
    known_from INTEGER NOT NULL, known_to INTEGER,
    from_us INTEGER NOT NULL, to_us INTEGER,
    outcome TEXT NOT NULL,
    body BLOB NOT NULL
);
CREATE UNIQUE INDEX page_now ON page (agency_id, url) WHERE known_to IS NULL;
CREATE INDEX page_history ON page (agency_id, url, known_from);

CREATE TABLE posting (
    id TEXT PRIMARY KEY,
    at_us INTEGER NOT NULL
) WITHOUT ROWID;

CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', tokenize = "ascii", columnsize = 0
);

CREATE TABLE progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    at_us INTEGER NOT NULL
);
INSERT INTO progress VALUES (1, 0, 0);
"""

VERSION = 2
LAYOUT = Layout(
    application_id=0x44554256,  # "DUBV" in the file header tells our files from others
    version=VERSION,
    steps={VERSION: _TABLES},
)
