-- The log: tiles and entries can be made anew from the journal, signatures cannot.
CREATE TABLE log_checkpoint (
    county   TEXT NOT NULL,
    step     INTEGER NOT NULL,
    acts     INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    root     BLOB NOT NULL,
    national BLOB NOT NULL,
    at       TEXT NOT NULL,
    note     TEXT NOT NULL,
    PRIMARY KEY (county, step)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX log_checkpoint_by_acts ON log_checkpoint (county, acts);

CREATE TABLE log_tile (
    county TEXT NOT NULL,
    tree   TEXT NOT NULL,
    level  INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (county, tree, level, place)
) STRICT;

CREATE TABLE log_bundle (
    county  TEXT NOT NULL,
    place   INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (county, place)
) STRICT;

-- A code over each row of the tables beside the journal, written by triggers (guard.rs).
CREATE TABLE row_code (
    county TEXT NOT NULL,
    name   TEXT NOT NULL,
    key    TEXT NOT NULL,
    code   BLOB NOT NULL,
    PRIMARY KEY (county, name, key)
) STRICT, WITHOUT ROWID;
