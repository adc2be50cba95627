-- Duties: their instances, and the day on which each was last looked at.
CREATE TABLE instance (
    county   TEXT NOT NULL,
    duty     TEXT NOT NULL,
    unit     TEXT NOT NULL,
    opened   INTEGER NOT NULL,
    matter   TEXT NOT NULL,
    from_day TEXT NOT NULL,
    to_day   TEXT,
    name     TEXT NOT NULL,
    next     TEXT,
    PRIMARY KEY (county, duty, unit, opened)
) STRICT, WITHOUT ROWID;

CREATE TABLE duty_look (
    county TEXT NOT NULL,
    duty   TEXT NOT NULL,
    on_day TEXT NOT NULL,
    PRIMARY KEY (county, duty)
) STRICT, WITHOUT ROWID;

CREATE INDEX matter_by_place ON matter (county, procedure, place, opened, id);
