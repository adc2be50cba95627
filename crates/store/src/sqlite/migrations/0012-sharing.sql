-- Keys of offices, uses of shares, and changes of registers in the order of the journal.
CREATE TABLE access_key (
    county     TEXT NOT NULL,
    id         TEXT NOT NULL,
    office     TEXT NOT NULL,
    label      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    made       TEXT NOT NULL,
    person     TEXT NOT NULL,
    ends       TEXT NOT NULL,
    revoked    TEXT,
    revoked_by TEXT,
    PRIMARY KEY (county, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_key_by_digest ON access_key (county, digest);

CREATE TABLE share_use (
    county     TEXT NOT NULL,
    share      TEXT NOT NULL,
    at         TEXT NOT NULL,
    id         TEXT NOT NULL,
    office     TEXT NOT NULL,
    access_key TEXT NOT NULL,
    grant_no   TEXT,
    purpose    TEXT NOT NULL,
    fields     TEXT NOT NULL,
    rows       INTEGER NOT NULL,
    PRIMARY KEY (county, share, at, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX row_version_by_seq ON row_version (county, register, seq, n);
CREATE INDEX matter_by_seq ON matter (county, procedure, seq, id);
