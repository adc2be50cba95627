-- Sheets sent in and not imported yet.
CREATE TABLE pending_import (
    county   TEXT NOT NULL,
    id       TEXT NOT NULL,
    person   TEXT NOT NULL,
    register TEXT NOT NULL,
    file     TEXT NOT NULL,
    place    TEXT NOT NULL,
    at       TEXT NOT NULL,
    key      TEXT NOT NULL,
    sheet    BLOB NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
