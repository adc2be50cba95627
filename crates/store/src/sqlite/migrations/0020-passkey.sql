-- Passkeys: what an authenticator's answers are checked with. Sessions say by what way somebody came in; those of before end.
CREATE TABLE passkey (
    county     TEXT NOT NULL,
    credential TEXT NOT NULL,
    person     TEXT NOT NULL,
    key        BLOB NOT NULL,
    counter    INTEGER NOT NULL,
    verifies   INTEGER NOT NULL,
    label      TEXT NOT NULL,
    since      TEXT NOT NULL,
    used       TEXT,
    PRIMARY KEY (county, credential)
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_by_person ON passkey (county, person, since);

DROP TABLE session;
CREATE TABLE session (
    county  TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL,
    way     TEXT NOT NULL,
    stage   TEXT NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL,
    created TEXT NOT NULL,
    seen    TEXT NOT NULL,
    ends    TEXT NOT NULL,
    PRIMARY KEY (county, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_person ON session (county, person, created);
