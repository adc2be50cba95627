-- Funds: what was posted, and what sub-accounts and accounts come to. An account is named by its path (FUND.ACCOUNT); a sub-account by
-- its key, or by a blind digest where the key is personal and then stands sealed beside it.
CREATE TABLE fund_posting (
    county   TEXT NOT NULL,
    fund     TEXT NOT NULL,
    number   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    entry    TEXT NOT NULL,
    on_day   TEXT NOT NULL,
    matter   TEXT NOT NULL,
    act      INTEGER NOT NULL,
    fen      INTEGER NOT NULL,
    reverses INTEGER,
    reversed INTEGER,
    PRIMARY KEY (county, fund, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX fund_posting_by_matter ON fund_posting (county, matter, fund, number);

CREATE TABLE fund_total (
    county  TEXT NOT NULL,
    account TEXT NOT NULL,
    debits  INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    last_on TEXT NOT NULL,
    PRIMARY KEY (county, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE fund_sub (
    county  TEXT NOT NULL,
    account TEXT NOT NULL,
    sub     TEXT NOT NULL,
    sealed  TEXT,
    debits  INTEGER NOT NULL,
    credits INTEGER NOT NULL,
    last_on TEXT NOT NULL,
    PRIMARY KEY (county, account, sub)
) STRICT, WITHOUT ROWID;

CREATE TABLE fund_line (
    county  TEXT NOT NULL,
    account TEXT NOT NULL,
    sub     TEXT NOT NULL,
    on_day  TEXT NOT NULL,
    number  INTEGER NOT NULL,
    debit   INTEGER NOT NULL,
    fen     INTEGER NOT NULL,
    PRIMARY KEY (county, account, sub, on_day, number, debit)
) STRICT, WITHOUT ROWID;

CREATE TABLE fund_dimension (
    county  TEXT NOT NULL,
    account TEXT NOT NULL,
    place   INTEGER NOT NULL,
    value   TEXT NOT NULL,
    sub     TEXT NOT NULL,
    PRIMARY KEY (county, account, place, value, sub)
) STRICT, WITHOUT ROWID;
