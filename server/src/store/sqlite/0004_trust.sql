-- Who may do what: phones that are known by their key, one-time codes, refresh tokens, signatures over edits (docs/adr/0017).

-- The phone's key, a compressed SEC1 point. Absent for phones from before, which have to enrol anew.
ALTER TABLE installations ADD COLUMN public_key BLOB;
ALTER TABLE installations ADD COLUMN enrolled_at INTEGER;
ALTER TABLE installations ADD COLUMN revoked_by BLOB;
ALTER TABLE installations ADD COLUMN revoked_reason TEXT;

-- Whoever is disabled may neither sign in nor write; the name stays, because it stands in histories.
ALTER TABLE people ADD COLUMN disabled_at INTEGER;

-- The link of the edit in the chain of its phone.
ALTER TABLE edits ADD COLUMN link BLOB;

-- What phones have signed: the link of the edit with this number, and with it all that came before.
CREATE TABLE batches (
    installation BLOB    NOT NULL REFERENCES installations (id),
    last_seq     INTEGER NOT NULL,
    signature    BLOB    NOT NULL,
    received_at  INTEGER NOT NULL,
    PRIMARY KEY (installation, last_seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE invites (
    -- SHA-256 of the code: whoever reads this table can enrol nothing.
    code         BLOB    NOT NULL PRIMARY KEY,
    person       BLOB    NOT NULL REFERENCES people (id),
    invited_by   BLOB    NOT NULL,
    invited_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    -- The phone that has used it.
    installation BLOB    REFERENCES installations (id),
    used_at      INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX invites_by_end ON invites (expires_at);

-- Refresh tokens that follow each other, from one enrolment. A token is made of its generation and the secret, so that the answer to a repeated
-- question is the same.
CREATE TABLE families (
    id           BLOB    NOT NULL PRIMARY KEY,
    installation BLOB    NOT NULL REFERENCES installations (id),
    secret       BLOB    NOT NULL,
    generation   INTEGER NOT NULL,
    begun_at     INTEGER NOT NULL,
    -- When it ends unless a token of it is used.
    expires_at   INTEGER NOT NULL,
    ended_at     INTEGER,
    -- Why it ended, for those who look into it.
    why          TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX families_of_installation ON families (installation);
