-- How long this phone has been without its server, counted by the clocks that never step.

CREATE TABLE lease (
    -- One row for each boot in which the count was looked at, in that order.
    place        INTEGER NOT NULL PRIMARY KEY,
    boot         BLOB    NOT NULL UNIQUE CHECK (length(boot) = 16),
    -- Up to when it was counted, by the clock of that boot.
    monotonic_ms INTEGER NOT NULL,
    -- What was counted in that boot since the last contact.
    elapsed_ms   INTEGER NOT NULL
) STRICT;
