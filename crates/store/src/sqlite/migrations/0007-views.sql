-- Views about looks at personal data ask by time.
CREATE INDEX reading_by_time ON reading (county, at);
