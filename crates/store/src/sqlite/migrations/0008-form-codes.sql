-- Codes of printed forms.
CREATE TABLE form_code (
    county TEXT NOT NULL,
    code   TEXT NOT NULL,
    matter TEXT NOT NULL,
    form   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (county, code)
) STRICT, WITHOUT ROWID;
