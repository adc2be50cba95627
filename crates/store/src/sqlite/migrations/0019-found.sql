-- Indexes for what was looked for through everything: devices of one person, documents of a stretch of acts, publications by what they are called.
CREATE INDEX device_by_person ON device (county, person);
CREATE INDEX document_by_seq ON document (county, seq);
CREATE INDEX publication_by_name ON publication (county, number) WHERE number IS NOT NULL;
