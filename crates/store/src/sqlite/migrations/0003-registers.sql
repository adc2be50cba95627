-- Registers as people use them: rows of a place, and the views that people keep.
CREATE INDEX row_by_place ON row (county, register, place, key);

CREATE TABLE saved_view (
    county   TEXT NOT NULL,
    person   TEXT NOT NULL,
    register TEXT NOT NULL,
    name     TEXT NOT NULL,
    query    TEXT NOT NULL,
    PRIMARY KEY (county, person, register, name)
) STRICT, WITHOUT ROWID;
