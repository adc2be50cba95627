-- Matters that have not ended, apart: most have, and queries ask for the others.
CREATE INDEX matter_open ON matter (county, procedure, place, opened, id) WHERE ended IS NULL;
