-- The journal: appended to, never changed.
CREATE TABLE act (
    county     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    name       TEXT NOT NULL,
    subject    TEXT NOT NULL,
    matter     TEXT,
    regulation TEXT,
    version    TEXT,
    at         TEXT NOT NULL,
    on_day     TEXT NOT NULL,
    person     TEXT,
    post       TEXT,
    clauses    TEXT NOT NULL,
    format     INTEGER NOT NULL,
    payload    TEXT NOT NULL,
    salt       BLOB NOT NULL,
    leaf       BLOB NOT NULL,
    PRIMARY KEY (county, seq)
) STRICT;

-- Beside the journal: what cannot be made anew from it.
CREATE TABLE county_key (
    county TEXT NOT NULL,
    proof  BLOB NOT NULL,
    PRIMARY KEY (county)
) STRICT, WITHOUT ROWID;

CREATE TABLE key_turn (
    county  TEXT NOT NULL,
    blind   BLOB NOT NULL,
    next    BLOB,
    reached TEXT NOT NULL,
    PRIMARY KEY (county)
) STRICT, WITHOUT ROWID;

CREATE TABLE owner_key (
    county       TEXT NOT NULL,
    id           TEXT NOT NULL,
    owner        TEXT NOT NULL,
    wrapped      BLOB,
    destroyed_at TEXT,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX owner_key_by_owner ON owner_key (county, owner);

CREATE TABLE regulation_text (
    county     TEXT NOT NULL,
    regulation TEXT NOT NULL,
    version    TEXT NOT NULL,
    file       TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (county, regulation, version)
) STRICT;

CREATE TABLE refusal (
    county TEXT NOT NULL,
    on_day TEXT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    code   TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (county, on_day, kind, name, code)
) STRICT, WITHOUT ROWID;

CREATE TABLE account (
    county   TEXT NOT NULL,
    person   TEXT NOT NULL,
    login    TEXT NOT NULL,
    password TEXT NOT NULL,
    given    TEXT NOT NULL,
    since    TEXT NOT NULL,
    state    TEXT NOT NULL,
    PRIMARY KEY (county, person)
) STRICT;
CREATE UNIQUE INDEX account_by_login ON account (county, login);

CREATE TABLE session (
    county  TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL,
    way     TEXT NOT NULL,
    stage   TEXT NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL,
    created TEXT NOT NULL,
    seen    TEXT NOT NULL,
    ends    TEXT NOT NULL,
    PRIMARY KEY (county, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_person ON session (county, person, created);

CREATE TABLE wrong_try (
    county   TEXT NOT NULL,
    counter  BLOB NOT NULL,
    failures INTEGER NOT NULL,
    last     TEXT NOT NULL,
    PRIMARY KEY (county, counter)
) STRICT, WITHOUT ROWID;
CREATE INDEX wrong_try_by_last ON wrong_try (county, last);

CREATE TABLE device (
    county TEXT NOT NULL,
    digest TEXT NOT NULL,
    person TEXT NOT NULL,
    since  TEXT NOT NULL,
    seen   TEXT NOT NULL,
    PRIMARY KEY (county, digest, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_by_person ON device (county, person);

CREATE TABLE past_password (
    county   TEXT NOT NULL,
    person   TEXT NOT NULL,
    until    TEXT NOT NULL,
    password TEXT NOT NULL,
    PRIMARY KEY (county, person, until)
) STRICT, WITHOUT ROWID;

CREATE TABLE door_event (
    county  TEXT NOT NULL,
    at      TEXT NOT NULL,
    id      TEXT NOT NULL,
    person  TEXT,
    by_whom TEXT,
    what    TEXT NOT NULL,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL,
    PRIMARY KEY (county, at, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX door_event_by_person ON door_event (county, person, at);

CREATE TABLE second_factor (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    key    TEXT NOT NULL,
    secret BLOB NOT NULL,
    since  TEXT,
    step   INTEGER NOT NULL,
    PRIMARY KEY (county, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE recovery_code (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    digest TEXT NOT NULL,
    used   TEXT,
    PRIMARY KEY (county, person, digest)
) STRICT, WITHOUT ROWID;

CREATE TABLE passkey (
    county     TEXT NOT NULL,
    credential TEXT NOT NULL,
    person     TEXT NOT NULL,
    key        BLOB NOT NULL,
    counter    INTEGER NOT NULL,
    verifies   INTEGER NOT NULL,
    label      TEXT NOT NULL,
    since      TEXT NOT NULL,
    used       TEXT,
    PRIMARY KEY (county, credential)
) STRICT, WITHOUT ROWID;
CREATE INDEX passkey_by_person ON passkey (county, person, since);

CREATE TABLE draft (
    county TEXT NOT NULL,
    person TEXT NOT NULL,
    id     TEXT NOT NULL,
    name   TEXT NOT NULL,
    matter TEXT,
    saved  TEXT NOT NULL,
    body   TEXT NOT NULL,
    PRIMARY KEY (county, person, id)
) STRICT;

CREATE TABLE saved_view (
    county   TEXT NOT NULL,
    person   TEXT NOT NULL,
    register TEXT NOT NULL,
    name     TEXT NOT NULL,
    query    TEXT NOT NULL,
    PRIMARY KEY (county, person, register, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE file (
    county TEXT NOT NULL,
    path   TEXT NOT NULL,
    key    TEXT,
    size   INTEGER NOT NULL,
    media  TEXT NOT NULL,
    stored TEXT NOT NULL,
    PRIMARY KEY (county, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE reading (
    county  TEXT NOT NULL,
    subject TEXT NOT NULL,
    at      TEXT NOT NULL,
    person  TEXT NOT NULL,
    post    TEXT NOT NULL,
    kind    TEXT NOT NULL,
    why     TEXT NOT NULL,
    PRIMARY KEY (county, subject, at, person, kind)
) STRICT, WITHOUT ROWID;
CREATE INDEX reading_by_person ON reading (county, person, at);
CREATE INDEX reading_by_time ON reading (county, at);

CREATE TABLE seen (
    county    TEXT NOT NULL,
    recipient TEXT NOT NULL,
    person    TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    PRIMARY KEY (county, recipient, person)
) STRICT, WITHOUT ROWID;

CREATE TABLE duty_look (
    county TEXT NOT NULL,
    duty   TEXT NOT NULL,
    on_day TEXT NOT NULL,
    PRIMARY KEY (county, duty)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE form_code (
    county TEXT NOT NULL,
    code   TEXT NOT NULL,
    matter TEXT NOT NULL,
    form   TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (county, code)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE access_key (
    county     TEXT NOT NULL,
    id         TEXT NOT NULL,
    office     TEXT NOT NULL,
    label      TEXT NOT NULL,
    digest     TEXT NOT NULL,
    made       TEXT NOT NULL,
    person     TEXT NOT NULL,
    ends       TEXT NOT NULL,
    revoked    TEXT,
    revoked_by TEXT,
    PRIMARY KEY (county, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX access_key_by_digest ON access_key (county, digest);

CREATE TABLE calendar (
    county  TEXT NOT NULL,
    id      TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL,
    post    TEXT NOT NULL,
    made    TEXT NOT NULL,
    used    TEXT,
    address TEXT NOT NULL,
    agent   TEXT NOT NULL,
    PRIMARY KEY (county, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX calendar_by_digest ON calendar (county, digest);
CREATE INDEX calendar_by_person ON calendar (county, person, made);

CREATE TABLE share_use (
    county     TEXT NOT NULL,
    share      TEXT NOT NULL,
    at         TEXT NOT NULL,
    id         TEXT NOT NULL,
    office     TEXT NOT NULL,
    access_key TEXT NOT NULL,
    grant_no   TEXT,
    purpose    TEXT NOT NULL,
    fields     TEXT NOT NULL,
    rows       INTEGER NOT NULL,
    PRIMARY KEY (county, share, at, id)
) STRICT, WITHOUT ROWID;

-- Projections: made from the journal, in the transaction that appends to it.
CREATE TABLE act_matter (
    county TEXT NOT NULL,
    matter TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (county, matter, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE act_key (
    county TEXT NOT NULL,
    actor  TEXT NOT NULL,
    key    TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (county, actor, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE matter (
    county     TEXT NOT NULL,
    id         TEXT NOT NULL,
    opened     INTEGER NOT NULL,
    number     TEXT,
    number_end TEXT,
    procedure  TEXT NOT NULL,
    regulation TEXT NOT NULL,
    version    TEXT NOT NULL,
    place      TEXT NOT NULL,
    owner      TEXT,
    step       TEXT,
    ended      TEXT,
    ended_on   TEXT,
    opened_at  TEXT NOT NULL,
    entered_on TEXT NOT NULL,
    due        TEXT,
    title      TEXT,
    acts       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
CREATE INDEX matter_by_opening ON matter (county, opened, id);
CREATE INDEX matter_by_procedure ON matter (county, procedure, opened, id);
CREATE INDEX matter_by_place ON matter (county, procedure, place, opened, id);
CREATE INDEX matter_open ON matter (county, procedure, place, opened, id) WHERE ended IS NULL;
CREATE INDEX matter_by_number ON matter (county, number) WHERE number IS NOT NULL;
CREATE INDEX matter_by_number_end ON matter (county, number_end) WHERE number_end IS NOT NULL;
CREATE INDEX matter_by_seq ON matter (county, procedure, seq, id);
CREATE INDEX matter_by_end ON matter (county, procedure, ended_on, id) WHERE ended_on IS NOT NULL;
CREATE INDEX matter_by_owner ON matter (county, owner, opened, id) WHERE owner IS NOT NULL;

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

CREATE TABLE matter_about (
    county    TEXT NOT NULL,
    procedure TEXT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    opened    INTEGER NOT NULL,
    matter    TEXT NOT NULL,
    PRIMARY KEY (county, procedure, name, value, opened, matter)
) STRICT, WITHOUT ROWID;

CREATE TABLE matter_word (
    county TEXT NOT NULL,
    word   INTEGER NOT NULL,
    matter TEXT NOT NULL,
    PRIMARY KEY (county, word, matter)
) STRICT, WITHOUT ROWID;

CREATE TABLE todo (
    county     TEXT NOT NULL,
    desk       TEXT NOT NULL,
    due        TEXT NOT NULL,
    matter     TEXT NOT NULL,
    place      TEXT NOT NULL,
    procedure  TEXT NOT NULL,
    step       TEXT NOT NULL,
    number     TEXT,
    title      TEXT,
    entered_on TEXT NOT NULL,
    PRIMARY KEY (county, desk, due, matter)
) STRICT, WITHOUT ROWID;
CREATE INDEX todo_by_matter ON todo (county, matter, desk, due);

CREATE TABLE todo_count (
    county TEXT NOT NULL,
    desk   TEXT NOT NULL,
    n      INTEGER NOT NULL,
    PRIMARY KEY (county, desk)
) STRICT, WITHOUT ROWID;

CREATE TABLE clock (
    county   TEXT NOT NULL,
    fires_at TEXT NOT NULL,
    matter   TEXT NOT NULL,
    clock    INTEGER NOT NULL,
    name     TEXT NOT NULL,
    due      TEXT NOT NULL,
    PRIMARY KEY (county, fires_at, matter, clock)
) STRICT, WITHOUT ROWID;

CREATE TABLE row (
    county   TEXT NOT NULL,
    register TEXT NOT NULL,
    key      TEXT NOT NULL,
    place    TEXT NOT NULL,
    owner    TEXT,
    since    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    record   TEXT NOT NULL,
    PRIMARY KEY (county, register, key)
) STRICT;
CREATE INDEX row_by_owner ON row (county, owner) WHERE owner IS NOT NULL;
CREATE INDEX row_by_place ON row (county, register, place, key);

CREATE TABLE row_version (
    county   TEXT NOT NULL,
    register TEXT NOT NULL,
    key      TEXT NOT NULL,
    since    TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    n        INTEGER NOT NULL,
    place    TEXT NOT NULL,
    person   TEXT,
    record   TEXT,
    PRIMARY KEY (county, register, key, since, seq, n)
) STRICT;
CREATE INDEX row_version_by_seq ON row_version (county, register, seq, n);
CREATE INDEX row_version_closing ON row_version (county, register, key) WHERE record IS NULL;

CREATE TABLE row_value (
    county   TEXT NOT NULL,
    register TEXT NOT NULL,
    name     TEXT NOT NULL,
    value    BLOB NOT NULL,
    key      TEXT NOT NULL,
    PRIMARY KEY (county, register, name, value, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE document (
    county       TEXT NOT NULL,
    id           TEXT NOT NULL,
    matter       TEXT NOT NULL,
    name         TEXT NOT NULL,
    number       TEXT,
    code         TEXT NOT NULL,
    on_day       TEXT NOT NULL,
    display_from TEXT,
    display_to   TEXT,
    voided       TEXT,
    seq          INTEGER NOT NULL,
    n            INTEGER NOT NULL,
    PRIMARY KEY (county, id)
) STRICT;
CREATE UNIQUE INDEX document_by_code ON document (county, code);
CREATE INDEX document_by_matter ON document (county, matter, name, seq, n);
CREATE INDEX document_by_number ON document (county, number) WHERE number IS NOT NULL;
CREATE INDEX document_on_display ON document (county, display_to, id) WHERE display_to IS NOT NULL;
CREATE INDEX document_by_seq ON document (county, seq);

CREATE TABLE number (
    county TEXT NOT NULL,
    series TEXT NOT NULL,
    last   INTEGER NOT NULL,
    PRIMARY KEY (county, series)
) STRICT, WITHOUT ROWID;

CREATE TABLE inbox (
    county    TEXT NOT NULL,
    recipient TEXT NOT NULL,
    seq       INTEGER NOT NULL,
    n         INTEGER NOT NULL,
    matter    TEXT NOT NULL,
    at        TEXT NOT NULL,
    kind      TEXT NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (county, recipient, seq, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX inbox_by_matter ON inbox (county, matter, seq, n);

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
CREATE INDEX publication_by_name ON publication (county, number) WHERE number IS NOT NULL;

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

-- Words of titles apart: a word that all texts have and few titles is then rare among titles.
CREATE VIRTUAL TABLE publication_title USING fts5 (
    title, filter, content = '', contentless_delete = 1, tokenize = 'ascii'
);

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

-- The log: tiles and entries can be made anew from the journal, signatures cannot.
CREATE TABLE log_checkpoint (
    county   TEXT NOT NULL,
    step     INTEGER NOT NULL,
    acts     INTEGER NOT NULL,
    size     INTEGER NOT NULL,
    root     BLOB NOT NULL,
    national BLOB NOT NULL,
    at       TEXT NOT NULL,
    note     TEXT NOT NULL,
    PRIMARY KEY (county, step)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX log_checkpoint_by_acts ON log_checkpoint (county, acts);

CREATE TABLE log_tile (
    county TEXT NOT NULL,
    tree   TEXT NOT NULL,
    level  INTEGER NOT NULL,
    place  INTEGER NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (county, tree, level, place)
) STRICT;

CREATE TABLE log_bundle (
    county  TEXT NOT NULL,
    place   INTEGER NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (county, place)
) STRICT;

-- A code over each row of the tables beside the journal, written by triggers (guard.rs).
CREATE TABLE row_code (
    county TEXT NOT NULL,
    name   TEXT NOT NULL,
    key    TEXT NOT NULL,
    code   BLOB NOT NULL,
    PRIMARY KEY (county, name, key)
) STRICT, WITHOUT ROWID;

-- Days of the log of readings, each closed by an act.
CREATE TABLE looked_day (
    county TEXT NOT NULL,
    day    TEXT NOT NULL,
    count  INTEGER NOT NULL,
    digest TEXT NOT NULL,
    seq    INTEGER NOT NULL,
    PRIMARY KEY (county, day)
) STRICT, WITHOUT ROWID;
