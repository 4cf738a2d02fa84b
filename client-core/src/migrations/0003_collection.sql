-- Field collection: this phone's own journal, and what it holds of books and amounts due.

-- Every entry that was sealed on this phone, under whichever installation. Rows are never edited but for where they are, and never deleted
-- while the person stays.
CREATE TABLE journal (
    -- The installation that sealed it.
    device      BLOB    NOT NULL CHECK (length(device) = 16),
    seq         INTEGER NOT NULL CHECK (seq >= 1),
    hash        BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    -- Of a receipt: its number.
    ticket      TEXT,
    -- The book whose document carries it.
    document    BLOB    NOT NULL CHECK (length(document) = 16),
    -- The edit in the outbox that carries it; absent when a former installation's did.
    device_seq  INTEGER,
    entry       TEXT    NOT NULL,
    signature   TEXT,
    -- here: the server has not named its hash. safe: it has. refused: in the server's quarantine.
    custody     TEXT    NOT NULL CHECK (custody IN ('here', 'safe', 'refused')),
    -- Whom a receipt names when it is printed. Forgotten when its session is settled.
    customer    TEXT,
    UNIQUE (device, seq),
    UNIQUE (device, ticket)
) STRICT;

CREATE INDEX journal_of_document ON journal (document, custody);
CREATE INDEX journal_of_edit ON journal (device_seq);
CREATE INDEX journal_unsafe ON journal (custody) WHERE custody <> 'safe';

-- What the books say, derived from their documents. A row outlives its document: the office's acts on it explain the journal, which stays.
CREATE TABLE book (
    document BLOB    NOT NULL PRIMARY KEY CHECK (length(document) = 16),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    district BLOB    NOT NULL CHECK (length(district) = 16),
    -- Lease as JSON.
    lease    TEXT    NOT NULL,
    -- The office's acts in their order, as a JSON list.
    office   TEXT    NOT NULL,
    frozen   INTEGER NOT NULL
) STRICT;

CREATE INDEX book_of_device ON book (device);

-- Amounts due, derived from their documents.
CREATE TABLE receivable (
    document BLOB NOT NULL PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    -- Receivable as JSON.
    bill     TEXT NOT NULL,
    -- What happened to it, as a JSON list.
    acts     TEXT NOT NULL
) STRICT;
