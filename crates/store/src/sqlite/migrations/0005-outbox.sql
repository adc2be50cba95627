-- How messages leave the site: addresses, webhooks, and what became of each message on each way.
CREATE INDEX inbox_by_matter ON inbox (county, matter, seq, n);

CREATE TABLE contact (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    state  TEXT NOT NULL,
    asked  TEXT NOT NULL,
    until  TEXT NOT NULL,
    tries  INTEGER NOT NULL,
    own    INTEGER NOT NULL,
    posts  INTEGER NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (county, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX contact_to_confirm ON contact (county, asked) WHERE state = 'asked';

CREATE TABLE webhook (
    county  TEXT NOT NULL,
    id      TEXT NOT NULL,
    office  TEXT NOT NULL,
    topics  TEXT NOT NULL,
    active  INTEGER NOT NULL,
    changed TEXT NOT NULL,
    person  TEXT NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (county, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery (
    county   TEXT NOT NULL,
    channel  TEXT NOT NULL,
    target   TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    matter   TEXT NOT NULL,
    topic    TEXT NOT NULL,
    state    TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    queued   TEXT NOT NULL,
    next     TEXT,
    last     TEXT,
    answer   TEXT NOT NULL,
    PRIMARY KEY (county, channel, target, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_due ON delivery (county, next, seq, n) WHERE next IS NOT NULL;
CREATE INDEX delivery_by_matter ON delivery (county, matter, seq, n);
CREATE INDEX delivery_not_taken ON delivery (county, seq, n) WHERE state IN ('failed', 'given-up');

CREATE TABLE outbox_mark (
    county TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (county)
) STRICT, WITHOUT ROWID;
