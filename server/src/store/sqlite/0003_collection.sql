-- Field collection: journals, books, receivables (docs/adr/0016). All of it can be made again of the documents, but for the two things that
-- only this end knows: when an entry came, and the link that it got then.

-- The hash of the journal entry in an edit: a repeated one gets the same answer.
ALTER TABLE edits ADD COLUMN entry BLOB;

-- A district's series. A store that came from a backup does not know which numbers the lost part had leased: every life has series of its own.
CREATE TABLE ticket_series (
    series   TEXT    NOT NULL PRIMARY KEY,
    district BLOB    NOT NULL REFERENCES districts (id),
    life     BLOB    NOT NULL,
    -- The next number that nobody has.
    next     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE books (
    document  BLOB    NOT NULL PRIMARY KEY REFERENCES documents (id),
    district  BLOB    NOT NULL REFERENCES districts (id),
    series    TEXT    NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    collector BLOB    NOT NULL,
    -- The phone whose journal it carries.
    device    BLOB    NOT NULL,
    leased_at INTEGER NOT NULL,
    UNIQUE (series, first)
) STRICT, WITHOUT ROWID;

CREATE INDEX books_by_device ON books (device, document);

-- The entries of all journals, in the order in which they came.
CREATE TABLE journal (
    position    INTEGER NOT NULL PRIMARY KEY,
    device      BLOB    NOT NULL,
    seq         INTEGER NOT NULL,
    hash        BLOB    NOT NULL UNIQUE,
    act         TEXT    NOT NULL,
    document    BLOB    NOT NULL REFERENCES books (document),
    collector   BLOB    NOT NULL,
    session     BLOB,
    -- The ticket.
    series      TEXT,
    number      INTEGER,
    -- What it adds to the running total, in fen.
    amount      INTEGER NOT NULL,
    text        TEXT    NOT NULL,
    signature   BLOB,
    received_at INTEGER NOT NULL,
    -- SHA-256 of the link before and of all other columns.
    link        BLOB    NOT NULL,
    UNIQUE (device, seq)
) STRICT;

-- A number is given once, whoever asks and whatever the program thinks.
CREATE UNIQUE INDEX receipts_once ON journal (series, number) WHERE act = 'receipt';
CREATE INDEX journal_of_book ON journal (document, seq);
CREATE INDEX journal_of_session ON journal (device, session, seq) WHERE session IS NOT NULL;
CREATE INDEX journal_of_ticket ON journal (series, number, seq) WHERE number IS NOT NULL;
CREATE INDEX journal_unsigned ON journal (device, seq) WHERE signature IS NULL;

-- Where each journal ends: without that nobody can see that its end is missing.
CREATE TABLE journal_heads (
    device   BLOB    NOT NULL PRIMARY KEY,
    seq      INTEGER NOT NULL,
    hash     BLOB    NOT NULL,
    turnover INTEGER NOT NULL,
    -- What the phone signs with: the first key that it named.
    key      BLOB
) STRICT, WITHOUT ROWID;

-- Where the chain of links ends. One row.
CREATE TABLE journal_tail (
    count INTEGER NOT NULL,
    link  BLOB    NOT NULL
) STRICT;

INSERT INTO journal_tail (count, link) VALUES (0, zeroblob(32));

-- What the office did, each book's in order.
CREATE TABLE office_acts (
    place    INTEGER NOT NULL PRIMARY KEY,
    document BLOB    NOT NULL REFERENCES books (document),
    event    BLOB    NOT NULL UNIQUE,
    -- Kind and body.
    act      TEXT    NOT NULL
) STRICT;

CREATE INDEX office_acts_of_book ON office_acts (document, place);

-- How a book stands after its newest entry, as the fold says.
CREATE TABLE book_states (
    document BLOB    NOT NULL PRIMARY KEY REFERENCES books (document),
    -- Handed over, and all that was collected with it is settled: nobody on site needs it.
    closed   INTEGER NOT NULL,
    book     TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

-- How a cash session stands, as the fold says. Ids are drawn by phones, so two phones may have one.
CREATE TABLE cash_sessions (
    session   BLOB    NOT NULL,
    device    BLOB    NOT NULL,
    -- The book whose document holds its opening.
    document  BLOB    NOT NULL REFERENCES books (document),
    day       TEXT    NOT NULL,
    opened_at INTEGER NOT NULL,
    closed_at INTEGER,
    settled   INTEGER NOT NULL,
    record    TEXT    NOT NULL,
    PRIMARY KEY (session, device)
) STRICT, WITHOUT ROWID;

CREATE INDEX cash_sessions_by_day ON cash_sessions (day);
CREATE INDEX cash_sessions_unsettled ON cash_sessions (device) WHERE settled = 0;

-- What somebody has to decide, or has decided. A flag has one name in its journal.
CREATE TABLE flags (
    device      BLOB    NOT NULL,
    flag        TEXT    NOT NULL,
    document    BLOB    NOT NULL REFERENCES books (document),
    session     BLOB,
    raised_at   INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    choice      TEXT,
    note        TEXT,
    by_name     TEXT,
    resolved_at INTEGER,
    PRIMARY KEY (device, flag)
) STRICT;

CREATE INDEX flags_of_book ON flags (document, flag);
CREATE INDEX flags_of_session ON flags (device, session) WHERE session IS NOT NULL;

CREATE TABLE receivables (
    document  BLOB    NOT NULL PRIMARY KEY REFERENCES documents (id),
    district  BLOB    NOT NULL REFERENCES districts (id),
    -- The billing system's own number: one bill is taken in once.
    reference TEXT    NOT NULL UNIQUE,
    account   TEXT    NOT NULL,
    period    TEXT    NOT NULL,
    amount    INTEGER NOT NULL,
    collector BLOB    NOT NULL,
    withdrawn INTEGER NOT NULL DEFAULT 0,
    due       TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX receivables_of_round ON receivables (collector, account, period);

-- Which receipt pays what, in the order in which they came.
CREATE TABLE payments (
    series      TEXT    NOT NULL,
    number      INTEGER NOT NULL,
    receivable  BLOB    NOT NULL REFERENCES receivables (document),
    device      BLOB    NOT NULL,
    session     BLOB    NOT NULL,
    -- What the customer paid, what of it was given back, what of it pays the bill, and what of that is open again; in fen.
    amount      INTEGER NOT NULL,
    returned    INTEGER NOT NULL,
    applied     INTEGER NOT NULL,
    reversed    INTEGER NOT NULL,
    written_off INTEGER NOT NULL,
    PRIMARY KEY (series, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX payments_of_receivable ON payments (receivable);
CREATE INDEX payments_of_session ON payments (device, session);
