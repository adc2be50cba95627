-- Calendar addresses: whoever has one reads the deadlines of one post of its owner, without signing in. Only digests are kept.
CREATE TABLE calendar (
    county  TEXT NOT NULL,
    id      TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL,
    post    TEXT NOT NULL,
    made    TEXT NOT NULL,
    used    TEXT,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL,
    PRIMARY KEY (county, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX calendar_by_digest ON calendar (county, digest);
CREATE INDEX calendar_by_person ON calendar (county, person, made);
