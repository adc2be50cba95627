-- What acts changed in posts and their holders, as the journal has it: a store that opens lays it over the county's files.
CREATE TABLE county_change (
    county TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    matter TEXT NOT NULL,
    on_day TEXT NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (county, seq, n)
) STRICT;
