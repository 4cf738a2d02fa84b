-- All kinds of work: what lists filter by, what people are qualified for, which item says what of which meter, and the survey forms.

-- Empty until the rows are made anew from the changes, at the first opening with the new layout.
ALTER TABLE rows ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE rows ADD COLUMN phase TEXT NOT NULL DEFAULT '';

CREATE TABLE qualifications (
    person BLOB NOT NULL REFERENCES people (id),
    name   TEXT NOT NULL,
    PRIMARY KEY (person, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE meter_claims (
    serial   TEXT NOT NULL,
    -- 'removed' or 'installed'.
    side     TEXT NOT NULL,
    document BLOB NOT NULL REFERENCES documents (id),
    PRIMARY KEY (serial, side, document)
) STRICT, WITHOUT ROWID;

-- What is kept apart from an item about its customer, and the document that carries it to those who need it; none before the first does.
CREATE TABLE contacts (
    item        BLOB NOT NULL PRIMARY KEY REFERENCES documents (id),
    document    BLOB REFERENCES documents (id),
    phone       TEXT,
    arrears_fen INTEGER
) STRICT, WITHOUT ROWID;

-- Each is a document that every district's reference feed holds.
CREATE TABLE forms (
    form     TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    document BLOB    NOT NULL REFERENCES documents (id),
    PRIMARY KEY (form, version)
) STRICT, WITHOUT ROWID;
