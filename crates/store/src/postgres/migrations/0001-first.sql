-- The journal: appended to, never changed.
CREATE TABLE act (
    county     TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    kind       TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    matter     TEXT COLLATE "C",
    regulation TEXT COLLATE "C",
    version    TEXT COLLATE "C",
    at         TEXT COLLATE "C" NOT NULL,
    on_day     TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C",
    post       TEXT COLLATE "C",
    clauses    TEXT COLLATE "C" NOT NULL,
    format     BIGINT NOT NULL,
    payload    TEXT COLLATE "C" NOT NULL,
    salt       BYTEA NOT NULL,
    leaf       BYTEA NOT NULL,
    PRIMARY KEY (county, seq)
);

-- Beside the journal: what cannot be made anew from it.
CREATE TABLE county_key (
    county TEXT COLLATE "C" NOT NULL,
    proof  BYTEA NOT NULL,
    PRIMARY KEY (county)
);

CREATE TABLE key_turn (
    county  TEXT COLLATE "C" NOT NULL,
    blind   BYTEA NOT NULL,
    next    BYTEA,
    reached TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county)
);

CREATE TABLE owner_key (
    county       TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    owner        TEXT COLLATE "C" NOT NULL,
    wrapped      BYTEA,
    destroyed_at TEXT COLLATE "C",
    PRIMARY KEY (county, id)
);
CREATE INDEX owner_key_by_owner ON owner_key (county, owner);

CREATE TABLE regulation_text (
    county     TEXT COLLATE "C" NOT NULL,
    regulation TEXT COLLATE "C" NOT NULL,
    version    TEXT COLLATE "C" NOT NULL,
    file       TEXT COLLATE "C" NOT NULL,
    text       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, regulation, version)
);

CREATE TABLE refusal (
    county TEXT COLLATE "C" NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    kind   TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    code   TEXT COLLATE "C" NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (county, on_day, kind, name, code)
);

CREATE TABLE account (
    county   TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C" NOT NULL,
    login    TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    given    TEXT COLLATE "C" NOT NULL,
    since    TEXT COLLATE "C" NOT NULL,
    state    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, person)
);
CREATE UNIQUE INDEX account_by_login ON account (county, login);

CREATE TABLE session (
    county  TEXT COLLATE "C" NOT NULL,
    digest  TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    way     TEXT COLLATE "C" NOT NULL,
    stage   TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    created TEXT COLLATE "C" NOT NULL,
    seen    TEXT COLLATE "C" NOT NULL,
    ends    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, digest)
);
CREATE INDEX session_by_person ON session (county, person, created);

CREATE TABLE wrong_try (
    county   TEXT COLLATE "C" NOT NULL,
    counter  BYTEA NOT NULL,
    failures BIGINT NOT NULL,
    last     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, counter)
);
CREATE INDEX wrong_try_by_last ON wrong_try (county, last);

CREATE TABLE device (
    county TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    since  TEXT COLLATE "C" NOT NULL,
    seen   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, digest, person)
);
CREATE INDEX device_by_person ON device (county, person);

CREATE TABLE past_password (
    county   TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C" NOT NULL,
    until    TEXT COLLATE "C" NOT NULL,
    password TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, person, until)
);

CREATE TABLE door_event (
    county  TEXT COLLATE "C" NOT NULL,
    at      TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C",
    by_whom TEXT COLLATE "C",
    what    TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    agent   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, at, id)
);
CREATE INDEX door_event_by_person ON door_event (county, person, at);

CREATE TABLE second_factor (
    county TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    secret BYTEA NOT NULL,
    since  TEXT COLLATE "C",
    step   BIGINT NOT NULL,
    PRIMARY KEY (county, person)
);

CREATE TABLE recovery_code (
    county TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    used   TEXT COLLATE "C",
    PRIMARY KEY (county, person, digest)
);

CREATE TABLE passkey (
    county     TEXT COLLATE "C" NOT NULL,
    credential TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    key        BYTEA NOT NULL,
    counter    BIGINT NOT NULL,
    verifies   BIGINT NOT NULL,
    label      TEXT COLLATE "C" NOT NULL,
    since      TEXT COLLATE "C" NOT NULL,
    used       TEXT COLLATE "C",
    PRIMARY KEY (county, credential)
);
CREATE INDEX passkey_by_person ON passkey (county, person, since);

CREATE TABLE draft (
    county TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    matter TEXT COLLATE "C",
    saved  TEXT COLLATE "C" NOT NULL,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, person, id)
);

CREATE TABLE saved_view (
    county   TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C" NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    query    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, person, register, name)
);

CREATE TABLE file (
    county TEXT COLLATE "C" NOT NULL,
    path   TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C",
    size   BIGINT NOT NULL,
    media  TEXT COLLATE "C" NOT NULL,
    stored TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, path)
);

CREATE TABLE reading (
    county  TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    at      TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    post    TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    why     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, subject, at, person, kind)
);
CREATE INDEX reading_by_person ON reading (county, person, at);
CREATE INDEX reading_by_time ON reading (county, at);

CREATE TABLE seen (
    county    TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    person    TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    PRIMARY KEY (county, recipient, person)
);

CREATE TABLE duty_look (
    county TEXT COLLATE "C" NOT NULL,
    duty   TEXT COLLATE "C" NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, duty)
);

CREATE TABLE contact (
    county TEXT COLLATE "C" NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    state  TEXT COLLATE "C" NOT NULL,
    asked  TEXT COLLATE "C" NOT NULL,
    until  TEXT COLLATE "C" NOT NULL,
    tries  BIGINT NOT NULL,
    own    BIGINT NOT NULL,
    posts  BIGINT NOT NULL,
    body   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, person)
);
CREATE INDEX contact_to_confirm ON contact (county, asked) WHERE state = 'asked';

CREATE TABLE webhook (
    county  TEXT COLLATE "C" NOT NULL,
    id      TEXT COLLATE "C" NOT NULL,
    office  TEXT COLLATE "C" NOT NULL,
    topics  TEXT COLLATE "C" NOT NULL,
    active  BIGINT NOT NULL,
    changed TEXT COLLATE "C" NOT NULL,
    person  TEXT COLLATE "C" NOT NULL,
    body    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, id)
);

CREATE TABLE delivery (
    county   TEXT COLLATE "C" NOT NULL,
    channel  TEXT COLLATE "C" NOT NULL,
    target   TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    matter   TEXT COLLATE "C" NOT NULL,
    topic    TEXT COLLATE "C" NOT NULL,
    state    TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    queued   TEXT COLLATE "C" NOT NULL,
    next     TEXT COLLATE "C",
    last     TEXT COLLATE "C",
    answer   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, channel, target, seq, n)
);
CREATE INDEX delivery_due ON delivery (county, next, seq, n) WHERE next IS NOT NULL;
CREATE INDEX delivery_by_matter ON delivery (county, matter, seq, n);
CREATE INDEX delivery_not_taken ON delivery (county, seq, n) WHERE state IN ('failed', 'given-up');

CREATE TABLE outbox_mark (
    county TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (county)
);

CREATE TABLE form_code (
    county TEXT COLLATE "C" NOT NULL,
    code   TEXT COLLATE "C" NOT NULL,
    matter TEXT COLLATE "C" NOT NULL,
    form   TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (county, code)
);

CREATE TABLE pending_import (
    county   TEXT COLLATE "C" NOT NULL,
    id       TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C" NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    file     TEXT COLLATE "C" NOT NULL,
    place    TEXT COLLATE "C" NOT NULL,
    at       TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    sheet    BYTEA NOT NULL,
    PRIMARY KEY (county, id)
);

CREATE TABLE access_key (
    county     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    office     TEXT COLLATE "C" NOT NULL,
    label      TEXT COLLATE "C" NOT NULL,
    digest     TEXT COLLATE "C" NOT NULL,
    made       TEXT COLLATE "C" NOT NULL,
    person     TEXT COLLATE "C" NOT NULL,
    ends       TEXT COLLATE "C" NOT NULL,
    revoked    TEXT COLLATE "C",
    revoked_by TEXT COLLATE "C",
    PRIMARY KEY (county, id)
);
CREATE UNIQUE INDEX access_key_by_digest ON access_key (county, digest);

CREATE TABLE share_use (
    county     TEXT COLLATE "C" NOT NULL,
    share      TEXT COLLATE "C" NOT NULL,
    at         TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    office     TEXT COLLATE "C" NOT NULL,
    access_key TEXT COLLATE "C" NOT NULL,
    grant_no   TEXT COLLATE "C",
    purpose    TEXT COLLATE "C" NOT NULL,
    fields     TEXT COLLATE "C" NOT NULL,
    rows       BIGINT NOT NULL,
    PRIMARY KEY (county, share, at, id)
);

-- Projections: made from the journal, in the transaction that appends to it.
CREATE TABLE act_matter (
    county TEXT COLLATE "C" NOT NULL,
    matter TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (county, matter, seq)
);

CREATE TABLE act_key (
    county TEXT COLLATE "C" NOT NULL,
    actor  TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (county, actor, key)
);

CREATE TABLE matter (
    county     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    opened     BIGINT NOT NULL,
    number     TEXT COLLATE "C",
    number_end TEXT COLLATE "C",
    procedure  TEXT COLLATE "C" NOT NULL,
    regulation TEXT COLLATE "C" NOT NULL,
    version    TEXT COLLATE "C" NOT NULL,
    place      TEXT COLLATE "C" NOT NULL,
    owner      TEXT COLLATE "C",
    step       TEXT COLLATE "C",
    ended      TEXT COLLATE "C",
    ended_on   TEXT COLLATE "C",
    opened_at  TEXT COLLATE "C" NOT NULL,
    entered_on TEXT COLLATE "C" NOT NULL,
    due        TEXT COLLATE "C",
    title      TEXT COLLATE "C",
    acts       BIGINT NOT NULL,
    seq        BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
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
    county   TEXT COLLATE "C" NOT NULL,
    duty     TEXT COLLATE "C" NOT NULL,
    unit     TEXT COLLATE "C" NOT NULL,
    opened   BIGINT NOT NULL,
    matter   TEXT COLLATE "C" NOT NULL,
    from_day TEXT COLLATE "C" NOT NULL,
    to_day   TEXT COLLATE "C",
    name     TEXT COLLATE "C" NOT NULL,
    next     TEXT COLLATE "C",
    PRIMARY KEY (county, duty, unit, opened)
);

CREATE TABLE matter_about (
    county    TEXT COLLATE "C" NOT NULL,
    procedure TEXT COLLATE "C" NOT NULL,
    name      TEXT COLLATE "C" NOT NULL,
    value     TEXT COLLATE "C" NOT NULL,
    opened    BIGINT NOT NULL,
    matter    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, procedure, name, value, opened, matter)
);

CREATE TABLE matter_word (
    county TEXT COLLATE "C" NOT NULL,
    word   BIGINT NOT NULL,
    matter TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, word, matter)
);

CREATE TABLE todo (
    county     TEXT COLLATE "C" NOT NULL,
    desk       TEXT COLLATE "C" NOT NULL,
    due        TEXT COLLATE "C" NOT NULL,
    matter     TEXT COLLATE "C" NOT NULL,
    place      TEXT COLLATE "C" NOT NULL,
    procedure  TEXT COLLATE "C" NOT NULL,
    step       TEXT COLLATE "C" NOT NULL,
    number     TEXT COLLATE "C",
    title      TEXT COLLATE "C",
    entered_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, desk, due, matter)
);
CREATE INDEX todo_by_matter ON todo (county, matter, desk, due);

CREATE TABLE todo_count (
    county TEXT COLLATE "C" NOT NULL,
    desk   TEXT COLLATE "C" NOT NULL,
    n      BIGINT NOT NULL,
    PRIMARY KEY (county, desk)
);

CREATE TABLE clock (
    county   TEXT COLLATE "C" NOT NULL,
    fires_at TEXT COLLATE "C" NOT NULL,
    matter   TEXT COLLATE "C" NOT NULL,
    clock    BIGINT NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    due      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, fires_at, matter, clock)
);

CREATE TABLE row (
    county   TEXT COLLATE "C" NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    place    TEXT COLLATE "C" NOT NULL,
    owner    TEXT COLLATE "C",
    since    TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    record   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, register, key)
);
CREATE INDEX row_by_owner ON row (county, owner) WHERE owner IS NOT NULL;
CREATE INDEX row_by_place ON row (county, register, place, key);

CREATE TABLE row_version (
    county   TEXT COLLATE "C" NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    since    TEXT COLLATE "C" NOT NULL,
    seq      BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    place    TEXT COLLATE "C" NOT NULL,
    person   TEXT COLLATE "C",
    record   TEXT COLLATE "C",
    PRIMARY KEY (county, register, key, since, seq, n)
);
CREATE INDEX row_version_by_seq ON row_version (county, register, seq, n);
CREATE INDEX row_version_closing ON row_version (county, register, key) WHERE record IS NULL;

CREATE TABLE row_value (
    county   TEXT COLLATE "C" NOT NULL,
    register TEXT COLLATE "C" NOT NULL,
    name     TEXT COLLATE "C" NOT NULL,
    value    BYTEA NOT NULL,
    key      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, register, name, value, key)
);

CREATE TABLE document (
    county       TEXT COLLATE "C" NOT NULL,
    id           TEXT COLLATE "C" NOT NULL,
    matter       TEXT COLLATE "C" NOT NULL,
    name         TEXT COLLATE "C" NOT NULL,
    number       TEXT COLLATE "C",
    code         TEXT COLLATE "C" NOT NULL,
    on_day       TEXT COLLATE "C" NOT NULL,
    display_from TEXT COLLATE "C",
    display_to   TEXT COLLATE "C",
    voided       TEXT COLLATE "C",
    seq          BIGINT NOT NULL,
    n            BIGINT NOT NULL,
    PRIMARY KEY (county, id)
);
CREATE UNIQUE INDEX document_by_code ON document (county, code);
CREATE INDEX document_by_matter ON document (county, matter, name, seq, n);
CREATE INDEX document_by_number ON document (county, number) WHERE number IS NOT NULL;
CREATE INDEX document_on_display ON document (county, display_to, id) WHERE display_to IS NOT NULL;
CREATE INDEX document_by_seq ON document (county, seq);

CREATE TABLE number (
    county TEXT COLLATE "C" NOT NULL,
    series TEXT COLLATE "C" NOT NULL,
    last   BIGINT NOT NULL,
    PRIMARY KEY (county, series)
);

CREATE TABLE inbox (
    county    TEXT COLLATE "C" NOT NULL,
    recipient TEXT COLLATE "C" NOT NULL,
    seq       BIGINT NOT NULL,
    n         BIGINT NOT NULL,
    matter    TEXT COLLATE "C" NOT NULL,
    at        TEXT COLLATE "C" NOT NULL,
    kind      TEXT COLLATE "C" NOT NULL,
    body      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, recipient, seq, n)
);
CREATE INDEX inbox_by_matter ON inbox (county, matter, seq, n);

CREATE TABLE publication (
    county       TEXT COLLATE "C" NOT NULL,
    matter       TEXT COLLATE "C" NOT NULL,
    entry        BIGINT NOT NULL,
    kind         TEXT COLLATE "C" NOT NULL,
    number       TEXT COLLATE "C",
    series       TEXT COLLATE "C",
    year         BIGINT,
    serial       BIGINT,
    title        TEXT COLLATE "C" NOT NULL,
    issuer       TEXT COLLATE "C",
    category     TEXT COLLATE "C",
    public_on    TEXT COLLATE "C" NOT NULL,
    day          TEXT COLLATE "C" NOT NULL,
    signed_on    TEXT COLLATE "C",
    effective_on TEXT COLLATE "C",
    until_day    TEXT COLLATE "C",
    repealed_on  TEXT COLLATE "C",
    part_of      TEXT COLLATE "C",
    withdrawn    BIGINT NOT NULL,
    seq          BIGINT NOT NULL,
    PRIMARY KEY (county, matter)
);
CREATE UNIQUE INDEX publication_by_entry ON publication (county, entry);
CREATE INDEX publication_by_number ON publication (county, serial, year, series) WHERE serial IS NOT NULL;
CREATE INDEX publication_by_day ON publication (county, day, entry);
CREATE INDEX publication_by_name ON publication (county, number) WHERE number IS NOT NULL;

CREATE TABLE publication_version (
    county TEXT COLLATE "C" NOT NULL,
    matter TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    since  TEXT COLLATE "C" NOT NULL,
    at     TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C",
    PRIMARY KEY (county, matter, seq)
);

CREATE TABLE publication_link (
    county   TEXT COLLATE "C" NOT NULL,
    relation TEXT COLLATE "C" NOT NULL,
    target   TEXT COLLATE "C" NOT NULL,
    matter   TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, relation, target, matter)
);
CREATE INDEX publication_link_by_matter ON publication_link (county, matter);

-- Words are cut before they come here. `words` and `title_words` have each word once, for the index; whether they stand side by side is
-- read in the texts. `cut` = 1: the texts have more words than fit.
CREATE TABLE publication_index (
    county      TEXT COLLATE "C" NOT NULL,
    entry       BIGINT NOT NULL,
    title       TEXT COLLATE "C" NOT NULL,
    texts       TEXT COLLATE "C" NOT NULL,
    words       TSVECTOR NOT NULL,
    title_words TSVECTOR NOT NULL,
    cut         BIGINT NOT NULL,
    PRIMARY KEY (county, entry)
);
CREATE INDEX publication_index_by_word ON publication_index USING gin (words);
CREATE INDEX publication_index_by_title ON publication_index USING gin (title_words);

-- What acts put into force and out of it; without a text: out of it.
CREATE TABLE regulation_force (
    county     TEXT COLLATE "C" NOT NULL,
    seq        BIGINT NOT NULL,
    n          BIGINT NOT NULL,
    matter     TEXT COLLATE "C" NOT NULL,
    regulation TEXT COLLATE "C" NOT NULL,
    version    TEXT COLLATE "C" NOT NULL,
    since      TEXT COLLATE "C" NOT NULL,
    text       TEXT COLLATE "C",
    PRIMARY KEY (county, seq, n)
);

-- What acts changed in posts and their holders, as the journal has it: a store that opens lays it over the county's files.
CREATE TABLE county_change (
    county TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    n      BIGINT NOT NULL,
    matter TEXT COLLATE "C" NOT NULL,
    on_day TEXT COLLATE "C" NOT NULL,
    record TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, seq, n)
);

CREATE TABLE fund_posting (
    county   TEXT COLLATE "C" NOT NULL,
    fund     TEXT COLLATE "C" NOT NULL,
    number   BIGINT NOT NULL,
    seq      BIGINT NOT NULL,
    n        BIGINT NOT NULL,
    entry    TEXT COLLATE "C" NOT NULL,
    on_day   TEXT COLLATE "C" NOT NULL,
    matter   TEXT COLLATE "C" NOT NULL,
    act      BIGINT NOT NULL,
    fen      BIGINT NOT NULL,
    reverses BIGINT,
    reversed BIGINT,
    PRIMARY KEY (county, fund, number)
);
CREATE INDEX fund_posting_by_matter ON fund_posting (county, matter, fund, number);

CREATE TABLE fund_total (
    county  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    debits  BIGINT NOT NULL,
    credits BIGINT NOT NULL,
    last_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, account)
);

CREATE TABLE fund_sub (
    county  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    sub     TEXT COLLATE "C" NOT NULL,
    sealed  TEXT COLLATE "C",
    debits  BIGINT NOT NULL,
    credits BIGINT NOT NULL,
    last_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, account, sub)
);

CREATE TABLE fund_line (
    county  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    sub     TEXT COLLATE "C" NOT NULL,
    on_day  TEXT COLLATE "C" NOT NULL,
    number  BIGINT NOT NULL,
    debit   BIGINT NOT NULL,
    fen     BIGINT NOT NULL,
    PRIMARY KEY (county, account, sub, on_day, number, debit)
);

CREATE TABLE fund_dimension (
    county  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    value   TEXT COLLATE "C" NOT NULL,
    sub     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, account, place, value, sub)
);

-- The log: tiles and entries can be made anew from the journal, signatures cannot.
CREATE TABLE log_checkpoint (
    county   TEXT COLLATE "C" NOT NULL,
    step     BIGINT NOT NULL,
    acts     BIGINT NOT NULL,
    size     BIGINT NOT NULL,
    root     BYTEA NOT NULL,
    national BYTEA NOT NULL,
    at       TEXT COLLATE "C" NOT NULL,
    note     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (county, step)
);
CREATE UNIQUE INDEX log_checkpoint_by_acts ON log_checkpoint (county, acts);

CREATE TABLE log_tile (
    county TEXT COLLATE "C" NOT NULL,
    tree   TEXT COLLATE "C" NOT NULL,
    level  BIGINT NOT NULL,
    place  BIGINT NOT NULL,
    hashes BYTEA NOT NULL,
    PRIMARY KEY (county, tree, level, place)
);

CREATE TABLE log_bundle (
    county  TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    entries BYTEA NOT NULL,
    PRIMARY KEY (county, place)
);

-- A code over each row of the tables beside the journal, written before each commit (guard.rs).
CREATE TABLE row_code (
    county TEXT COLLATE "C" NOT NULL,
    name   TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    code   BYTEA NOT NULL,
    PRIMARY KEY (county, name, key)
);

-- Days of the log of readings, each closed by an act.
CREATE TABLE looked_day (
    county TEXT COLLATE "C" NOT NULL,
    day    TEXT COLLATE "C" NOT NULL,
    count  BIGINT NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    seq    BIGINT NOT NULL,
    PRIMARY KEY (county, day)
);

-- Files lie in the database: nodes keep nothing.
CREATE TABLE file_content (
    county  TEXT COLLATE "C" NOT NULL,
    path    TEXT COLLATE "C" NOT NULL,
    content BYTEA NOT NULL,
    PRIMARY KEY (county, path)
);

-- What nodes compare at the start of each transaction: place in the journal of the last act that changed posts or the force of
-- regulations, and of the last erasure; how often the county's key was changed.
CREATE TABLE county_mark (
    county  TEXT COLLATE "C" NOT NULL,
    library BIGINT NOT NULL,
    erased  BIGINT NOT NULL,
    turned  BIGINT NOT NULL,
    PRIMARY KEY (county)
);
