-- The door: since when a password holds and who gave it, sessions with their place, counts of wrong tries, devices, what happened.
CREATE TABLE account_kept AS SELECT county, person, login, password, state FROM account;
DROP TABLE account;
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
-- Since when those of before hold is not known: they are changed at the next sign-in of an officer.
INSERT INTO account (county, person, login, password, given, since, state)
SELECT county, person, login, password, 'own', '2000-01-01T00:00:00', state FROM account_kept;
DROP TABLE account_kept;

DROP TABLE session;
CREATE TABLE session (
    county  TEXT NOT NULL,
    digest  TEXT NOT NULL,
    person  TEXT NOT NULL,
    post    TEXT,
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
