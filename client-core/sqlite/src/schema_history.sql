-- Which migrations made this file, so that an edited one is noticed. The checksum is FNV-1a 64 over the migration's text.
CREATE TABLE schema_history (
    version  INTEGER NOT NULL PRIMARY KEY,
    name     TEXT    NOT NULL,
    checksum INTEGER NOT NULL
) STRICT;
