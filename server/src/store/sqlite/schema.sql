-- What the server keeps. Ids are 16 bytes, times are milliseconds since 1970 UTC, hashes are 32 bytes.

CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE districts (
    id   BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE crews (
    id       BLOB NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    district BLOB NOT NULL REFERENCES districts (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
    id            BLOB NOT NULL PRIMARY KEY,
    name          TEXT NOT NULL,
    username      TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    crew          BLOB REFERENCES crews (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX people_by_crew ON people (crew, id);

CREATE TABLE grants (
    person   BLOB NOT NULL REFERENCES people (id),
    role     TEXT NOT NULL,
    -- Everywhere when absent.
    district BLOB REFERENCES districts (id)
) STRICT;

CREATE INDEX grants_by_person ON grants (person);

CREATE TABLE installations (
    id                BLOB    NOT NULL PRIMARY KEY,
    person            BLOB    NOT NULL REFERENCES people (id),
    name              TEXT    NOT NULL,
    bound_at          INTEGER NOT NULL,
    revoked_at        INTEGER,
    next_device_seq   INTEGER NOT NULL DEFAULT 1,
    last_contact      INTEGER,
    pending_edits     INTEGER NOT NULL DEFAULT 0,
    oldest_pending_at INTEGER,
    needs_attention   INTEGER NOT NULL DEFAULT 0,
    app_version       TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- How far each phone says it has stored each feed.
CREATE TABLE cursors (
    installation BLOB    NOT NULL REFERENCES installations (id),
    feed         TEXT    NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (installation, feed)
) STRICT, WITHOUT ROWID;

CREATE TABLE documents (
    id           BLOB    NOT NULL PRIMARY KEY,
    kind         TEXT    NOT NULL,
    district     BLOB    NOT NULL REFERENCES districts (id),
    number       TEXT    NOT NULL UNIQUE,
    -- The hashes of the newest changes, ascending, 32 bytes each.
    heads        BLOB    NOT NULL,
    change_count INTEGER NOT NULL,
    byte_total   INTEGER NOT NULL,
    -- Smaller goes first in a state transfer.
    priority     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The truth. Everything else can be made of it again.
CREATE TABLE changes (
    commit_seq   INTEGER NOT NULL PRIMARY KEY,
    document     BLOB    NOT NULL REFERENCES documents (id),
    hash         BLOB    NOT NULL UNIQUE,
    actor        BLOB    NOT NULL,
    actor_seq    INTEGER NOT NULL,
    bytes        BLOB    NOT NULL,
    installation BLOB    NOT NULL,
    device_seq   INTEGER NOT NULL,
    person       BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    UNIQUE (document, actor, actor_seq)
) STRICT;

CREATE INDEX changes_of_document ON changes (document, commit_seq);

-- What was answered to each edit: a repeated one gets the same answer.
CREATE TABLE edits (
    installation BLOB    NOT NULL,
    device_seq   INTEGER NOT NULL,
    -- SHA-256 of document, generation and change: what makes a repeat a repeat, also of bytes that are no change.
    content      BLOB    NOT NULL,
    -- A reason code; accepted when absent.
    refused      INTEGER,
    detail       TEXT    NOT NULL DEFAULT '',
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (installation, device_seq)
) STRICT, WITHOUT ROWID;

-- Refused edits, whole. Several contents may have come under one number.
CREATE TABLE quarantine (
    installation BLOB    NOT NULL,
    device_seq   INTEGER NOT NULL,
    content      BLOB    NOT NULL,
    document     BLOB    NOT NULL,
    generation   INTEGER NOT NULL,
    bytes        BLOB    NOT NULL,
    -- Absent for bytes that are no change.
    hash         BLOB,
    reason       INTEGER NOT NULL,
    detail       TEXT    NOT NULL,
    -- The number of the refused edit of the same installation that it builds on.
    depends_on   INTEGER,
    person       BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (installation, device_seq, content)
) STRICT;

CREATE INDEX quarantine_of_document ON quarantine (document, installation, generation, device_seq);

CREATE TABLE feeds (
    feed   TEXT    NOT NULL PRIMARY KEY,
    head   INTEGER NOT NULL,
    digest BLOB    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_members (
    feed        TEXT    NOT NULL REFERENCES feeds (feed),
    document    BLOB    NOT NULL REFERENCES documents (id),
    fingerprint BLOB    NOT NULL,
    priority    INTEGER NOT NULL,
    PRIMARY KEY (feed, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX feeds_of_document ON feed_members (document);
CREATE INDEX feed_members_in_order ON feed_members (feed, priority, document DESC);

CREATE TABLE feed_entries (
    feed       TEXT    NOT NULL REFERENCES feeds (feed),
    feed_seq   INTEGER NOT NULL,
    document   BLOB    NOT NULL REFERENCES documents (id),
    -- 1 enter, 2 changed, 3 leave.
    kind       INTEGER NOT NULL,
    -- JSON, on leave only.
    withdrawal TEXT,
    -- The newest change of the document when this entry was made.
    commit_seq INTEGER NOT NULL,
    PRIMARY KEY (feed, feed_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX feed_entries_of_document ON feed_entries (feed, document, feed_seq);

-- What people see, as of the document's newest change.
CREATE TABLE rows (
    document   BLOB    NOT NULL PRIMARY KEY REFERENCES documents (id),
    revision   INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    state      TEXT    NOT NULL,
    crew       BLOB,
    district   BLOB    NOT NULL,
    -- Number, address and customer in lower case.
    search     TEXT    NOT NULL,
    row        TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX rows_by_state ON rows (state, document DESC);
CREATE INDEX rows_by_crew ON rows (crew, document DESC);

CREATE TABLE idempotency (
    person    BLOB NOT NULL,
    key       TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    document  BLOB NOT NULL REFERENCES documents (id),
    PRIMARY KEY (person, key)
) STRICT, WITHOUT ROWID;

-- The last order number of each day.
CREATE TABLE numbers (
    day  TEXT    NOT NULL PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
