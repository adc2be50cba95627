-- What acts put into force and out of it; without a text: out of it.
CREATE TABLE regulation_force (
    county     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    n          INTEGER NOT NULL,
    matter     TEXT NOT NULL,
    regulation TEXT NOT NULL,
    version    TEXT NOT NULL,
    since      TEXT NOT NULL,
    text       TEXT,
    PRIMARY KEY (county, seq, n)
) STRICT;
