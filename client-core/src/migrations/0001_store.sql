-- Everything that a phone keeps. Ids are their 16 bytes, hashes their 32; times are milliseconds since 1970-01-01 UTC.

CREATE TABLE installation (
    one             INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    id              BLOB    NOT NULL CHECK (length(id) = 16),
    next_device_seq INTEGER NOT NULL CHECK (next_device_seq >= 1),
    -- Rises with every commit: what observers compare.
    revision        INTEGER NOT NULL,
    -- The life of the server's store that the cursors belong to.
    store_epoch     BLOB    CHECK (length(store_epoch) = 16)
) STRICT;

CREATE TABLE account (
    one              INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    person           BLOB    NOT NULL CHECK (length(person) = 16),
    server_url       TEXT    NOT NULL,
    name             TEXT    NOT NULL,
    username         TEXT    NOT NULL,
    grants           TEXT    NOT NULL,
    crew             BLOB    CHECK (length(crew) = 16),
    crew_name        TEXT,
    -- Absent: signed out. The person stays known, so that the work goes on.
    token            TEXT,
    token_expires_at INTEGER
) STRICT;

CREATE TABLE sighting (
    one           INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    server_time   INTEGER NOT NULL,
    round_trip_ms INTEGER NOT NULL,
    monotonic_ms  INTEGER NOT NULL,
    boot          BLOB    NOT NULL CHECK (length(boot) = 16)
) STRICT;

CREATE TABLE document (
    id         BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- The generation of this installation's actor: one more with every rebase.
    generation INTEGER NOT NULL,
    -- Why it is no longer this phone's (JSON), while own edits of it wait for their answer.
    withdrawal TEXT,
    -- Why what the server sent was not taken (JSON).
    damage     TEXT
) STRICT;

-- The truth. Each change stands after all that it depends on.
CREATE TABLE change (
    position    INTEGER NOT NULL PRIMARY KEY,
    document    BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    deps        BLOB    NOT NULL,
    actor       BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    bytes       BLOB    NOT NULL,
    -- pending: own, part of the document here. accepted: part of it everywhere. refused: part of no document, kept to be sent again.
    standing    TEXT    NOT NULL CHECK (standing IN ('pending', 'accepted', 'refused')),
    received_at INTEGER,
    UNIQUE (document, hash)
) STRICT;

CREATE TABLE outbox (
    device_seq  INTEGER NOT NULL PRIMARY KEY,
    document    BLOB    NOT NULL CHECK (length(document) = 16),
    hash        BLOB    NOT NULL CHECK (length(hash) = 32),
    generation  INTEGER NOT NULL,
    event       BLOB    NOT NULL CHECK (length(event) = 16),
    kind        TEXT    NOT NULL,
    -- Absent once the document has left with everything answered.
    command     TEXT,
    evidence    TEXT,
    saved_at    INTEGER NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('saved', 'sent', 'accepted', 'quarantined')),
    received_at INTEGER,
    -- Why it was refused (JSON).
    refusal     TEXT,
    -- The edit that carries the same command after a rebase.
    replaced_by INTEGER
) STRICT;

CREATE INDEX outbox_of_document ON outbox (document, device_seq);
CREATE INDEX outbox_unanswered ON outbox (device_seq) WHERE state IN ('saved', 'sent');

CREATE TABLE feed (
    feed     TEXT    NOT NULL PRIMARY KEY,
    -- Absent: never read, or read from another store.
    cursor   INTEGER,
    -- The server's token of a state transfer that is not finished.
    transfer BLOB,
    digest   BLOB    NOT NULL CHECK (length(digest) = 16)
) STRICT;

CREATE TABLE feed_member (
    feed        TEXT    NOT NULL REFERENCES feed (feed) ON DELETE CASCADE,
    document    BLOB    NOT NULL REFERENCES document (id) ON DELETE CASCADE,
    fingerprint BLOB    NOT NULL CHECK (length(fingerprint) = 16),
    -- Whether the state transfer under way has listed it.
    listed      INTEGER NOT NULL,
    PRIMARY KEY (feed, document)
) STRICT, WITHOUT ROWID;

CREATE INDEX feed_member_of_document ON feed_member (document);

-- Projected rows: what lists read.
CREATE TABLE item (
    document    BLOB    NOT NULL PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    number      TEXT    NOT NULL,
    open        INTEGER NOT NULL,
    urgent      INTEGER NOT NULL,
    reported_at INTEGER NOT NULL,
    -- RepairRow as JSON.
    row         TEXT    NOT NULL
) STRICT;

CREATE INDEX item_in_order ON item (open DESC, urgent DESC, reported_at);

CREATE TABLE inbox (
    id         INTEGER NOT NULL PRIMARY KEY,
    document   BLOB    NOT NULL CHECK (length(document) = 16),
    number     TEXT,
    noted_at   INTEGER NOT NULL,
    kind       TEXT    NOT NULL CHECK (kind IN ('refused', 'withdrawn')),
    -- Of a refused edit of this installation; an edit is listed once.
    device_seq INTEGER UNIQUE,
    body       TEXT    NOT NULL,
    dismissed  INTEGER NOT NULL
) STRICT;

CREATE INDEX inbox_of_document ON inbox (document);
