-- The edition of the norms: a mark that no two states of them share. The database
-- itself gives a new one at each change, in the same transaction, so that whoever
-- keeps what they read knows by it whether it still holds. Random rather than
-- counted: a change taken back and another after it, or a dump brought back, must
-- not come to the same mark with other content.

CREATE TABLE norm_edition (
  one  {int} PRIMARY KEY CHECK (one = 1),
  mark TEXT NOT NULL
);

-- sqlite:
INSERT INTO norm_edition (one, mark) VALUES (1, hex(randomblob(16)));
CREATE TRIGGER norm_edition_insert AFTER INSERT ON norm
BEGIN UPDATE norm_edition SET mark = hex(randomblob(16)); END;
CREATE TRIGGER norm_edition_update AFTER UPDATE ON norm
BEGIN UPDATE norm_edition SET mark = hex(randomblob(16)); END;
CREATE TRIGGER norm_edition_delete AFTER DELETE ON norm
BEGIN UPDATE norm_edition SET mark = hex(randomblob(16)); END;
-- postgres:
INSERT INTO norm_edition (one, mark) VALUES (1, gen_random_uuid()::text);
CREATE FUNCTION norm_edition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE norm_edition SET mark = gen_random_uuid()::text;
  RETURN NULL;
END $$;
CREATE TRIGGER norm_edition AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON norm FOR EACH STATEMENT EXECUTE FUNCTION norm_edition();
-- both:
