-- Calendar addresses: whoever has one reads the deadlines of one post of its owner, without signing in. Only digests are kept.
CREATE TABLE calendar (
    county  TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    digest  TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    post    TEXT COLLATE "C" NOT NULL,
    made    TEXT COLLATE "C" NOT NULL,
    used    TEXT COLLATE "C",
    address TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE UNIQUE INDEX calendar_by_digest ON calendar (county, digest);
CREATE INDEX calendar_by_person ON calendar (county, person, made);
