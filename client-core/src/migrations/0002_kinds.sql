-- All kinds of work on one engine: what repairs alone had becomes what every kind has.

-- Survey forms of the reference feeds, ready to be looked up. The truth is the document, as for items.
CREATE TABLE form (
    document   BLOB    NOT NULL PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    version    INTEGER NOT NULL,
    definition TEXT    NOT NULL
) STRICT;

CREATE INDEX form_by_name ON form (name, version, document);

-- Telephone numbers and arrears, while this phone's person needs them: documents of their own, shown with their item.
CREATE TABLE contact (
    document    BLOB    NOT NULL PRIMARY KEY REFERENCES document (id) ON DELETE CASCADE,
    item        BLOB    NOT NULL CHECK (length(item) = 16),
    phone       TEXT,
    arrears_fen INTEGER
) STRICT;

CREATE INDEX contact_of_item ON contact (item, document);

-- Items that have left this phone, so that somebody can ask why. Nothing of the customer's.
CREATE TABLE departure (
    document   BLOB    NOT NULL PRIMARY KEY CHECK (length(document) = 16),
    number     TEXT,
    noted_at   INTEGER NOT NULL,
    -- Why, by whom and when (JSON).
    withdrawal TEXT    NOT NULL
) STRICT;

CREATE INDEX departure_in_order ON departure (noted_at);

INSERT INTO departure (document, number, noted_at, withdrawal)
SELECT document, number, max(noted_at), body -> '$.withdrawn' FROM inbox WHERE kind = 'withdrawn' GROUP BY document;

-- The layout in which the rows derived from documents were written; they are derived anew when it is not the app's own.
ALTER TABLE installation ADD COLUMN layout INTEGER NOT NULL DEFAULT 1;

-- Commands that wait, or were refused, in the words of the new engine: three steps of a repair became steps of its kind. What a person
-- confirmed stays as it was confirmed.
UPDATE outbox SET command = json_object('record', json_object('kind', 'own', 'body', json_object(
    'step', command ->> '$.record.kind', 'body', json(coalesce(command -> '$.record.body', 'null')))))
WHERE command ->> '$.record.kind' IN ('work_started', 'restored', 'completed');

UPDATE inbox SET body = json_set(body, '$.refused.command', json_object('record', json_object('kind', 'own', 'body', json_object(
    'step', body ->> '$.refused.command.record.kind', 'body', json(coalesce(body -> '$.refused.command.record.body', 'null'))))))
WHERE body ->> '$.refused.command.record.kind' IN ('work_started', 'restored', 'completed');
