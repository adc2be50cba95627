-- Words of titles apart: a word that all texts have and few titles is then rare among titles.
CREATE VIRTUAL TABLE publication_title USING fts5 (
    title, filter, content = '', contentless_delete = 1, tokenize = 'ascii'
);
