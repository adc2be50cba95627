-- Second factors: a sealed secret, the last step that served, and digests of recovery codes.
CREATE TABLE second_factor (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    key    TEXT NOT NULL,
    secret BLOB NOT NULL,
    since  TEXT,
    step   INTEGER NOT NULL,
    PRIMARY KEY (county, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_code (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    digest TEXT NOT NULL,
    used   TEXT,
    PRIMARY KEY (county, person, digest)
) STRICT, WITHOUT ROWID;
