-- What is public: the latest of each matter, its versions, what it does to others, and the index of its words.
CREATE TABLE publication (
    county       TEXT NOT NULL,
    matter       TEXT NOT NULL,
    entry        INTEGER NOT NULL,
    kind         TEXT NOT NULL,
    number       TEXT,
    series       TEXT,
    year         INTEGER,
    serial       INTEGER,
    title        TEXT NOT NULL,
    issuer       TEXT,
    category     TEXT,
    public_on    TEXT NOT NULL,
    day          TEXT NOT NULL,
    signed_on    TEXT,
    effective_on TEXT,
    until_day    TEXT,
    repealed_on  TEXT,
    part_of      TEXT,
    withdrawn    INTEGER NOT NULL,
    seq          INTEGER NOT NULL,
    PRIMARY KEY (county, matter)
) STRICT;
CREATE UNIQUE INDEX publication_by_entry ON publication (county, entry);
CREATE INDEX publication_by_number ON publication (county, serial, year, series) WHERE serial IS NOT NULL;
CREATE INDEX publication_by_day ON publication (county, day, entry);

CREATE TABLE publication_version (
    county TEXT NOT NULL,
    matter TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    since  TEXT NOT NULL,
    at     TEXT NOT NULL,
    record TEXT,
    PRIMARY KEY (county, matter, seq)
) STRICT;

CREATE TABLE publication_link (
    county   TEXT NOT NULL,
    relation TEXT NOT NULL,
    target   TEXT NOT NULL,
    matter   TEXT NOT NULL,
    PRIMARY KEY (county, relation, target, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX publication_link_by_matter ON publication_link (county, matter);

-- Words are cut before they come here, so any character but a blank belongs to one. Nothing is stored but the index.
CREATE VIRTUAL TABLE publication_index USING fts5 (
    title, head, body, filter, content = '', contentless_delete = 1, tokenize = 'ascii'
);
