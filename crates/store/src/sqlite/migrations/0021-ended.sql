-- What has ended is found by its day, rows that were closed by register: lists of what is due look for nothing else.
CREATE INDEX matter_by_end ON matter (county, procedure, ended_on, id) WHERE ended_on IS NOT NULL;
CREATE INDEX row_version_closing ON row_version (county, register, key) WHERE record IS NULL;
