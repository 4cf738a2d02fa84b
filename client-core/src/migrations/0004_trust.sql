-- One key vouches for everything that a phone says: its edits form a chain, and its tokens renew themselves.

-- What an edit is (SHA-256 over document, generation and change), and its link, which holds the one before. Both are written with the edit and
-- outlive its change. Absent only in rows of an older build, until the store is opened: SQLite knows no SHA-256.
ALTER TABLE outbox ADD COLUMN content BLOB CHECK (length(content) = 32);
ALTER TABLE outbox ADD COLUMN link BLOB CHECK (length(link) = 32);

-- What gets the next tokens without a person. Absent: the sign-in has ended.
ALTER TABLE account ADD COLUMN refresh_token TEXT;
ALTER TABLE account ADD COLUMN refresh_expires_at INTEGER;
-- When the server made the tokens, by its clock: of two answers to two processes the newer one stays.
ALTER TABLE account ADD COLUMN tokens_made_at INTEGER;
