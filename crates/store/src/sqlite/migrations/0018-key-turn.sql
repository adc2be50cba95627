-- The county's key while it is changed, and what does not change with it.
CREATE TABLE key_turn (
    county  TEXT NOT NULL,
    blind   BLOB NOT NULL,
    next    BLOB,
    reached TEXT NOT NULL,
    PRIMARY KEY (county)
) STRICT, WITHOUT ROWID;

-- Days of the log of readings, each closed by an act.
CREATE TABLE looked_day (
    county TEXT NOT NULL,
    day    TEXT NOT NULL,
    count  INTEGER NOT NULL,
    digest TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (county, day)
) STRICT, WITHOUT ROWID;
