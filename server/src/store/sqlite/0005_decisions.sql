-- What was decided about refused edits, and which were judged again when access came back (docs/adr/0019).

CREATE TABLE decisions (
    id         INTEGER NOT NULL PRIMARY KEY,
    -- Named after the edits that are in it.
    batch      BLOB    NOT NULL,
    -- 'admit', 'dismiss' or 'retry'.
    choice     TEXT    NOT NULL,
    reason     TEXT    NOT NULL,
    decided_by BLOB    NOT NULL,
    by_name    TEXT    NOT NULL,
    decided_at INTEGER NOT NULL,
    -- SHA-256 of the link before, of the columns above, and of its edits.
    link       BLOB    NOT NULL
) STRICT;

CREATE INDEX decisions_of_batch ON decisions (batch, id);

CREATE TABLE decided_edits (
    decision     INTEGER NOT NULL REFERENCES decisions (id),
    installation BLOB    NOT NULL,
    device_seq   INTEGER NOT NULL,
    content      BLOB    NOT NULL,
    document     BLOB    NOT NULL,
    person       BLOB    NOT NULL,
    -- Why it had been refused.
    reason       INTEGER NOT NULL,
    detail       TEXT    NOT NULL,
    -- 'accepted', 'refused', 'already_recorded' or 'dismissed'.
    fate         TEXT    NOT NULL,
    PRIMARY KEY (decision, installation, device_seq, content)
) STRICT, WITHOUT ROWID;

CREATE INDEX decided_edits_of_document ON decided_edits (document, person);

-- The decision after which it is no longer open. It is kept for ever.
ALTER TABLE quarantine ADD COLUMN decision INTEGER REFERENCES decisions (id);

CREATE INDEX quarantine_open ON quarantine (person, installation, device_seq) WHERE decision IS NULL;
