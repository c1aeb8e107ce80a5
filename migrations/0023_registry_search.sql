-- The runs of letters of a child's names stand by the place where the child lives:
-- a search with a typing error reads those of its district, not of the country.
CREATE TABLE child_run (
  gram      {key} NOT NULL,
  territory {path} NOT NULL,
  child     {id} NOT NULL REFERENCES child (id),
  PRIMARY KEY (gram, territory, child)
-- sqlite:
) WITHOUT ROWID;
-- postgres:
);
-- both:
INSERT INTO child_run (gram, territory, child)
  SELECT g.gram, c.territory, g.child FROM child_gram AS g JOIN child AS c ON c.id = g.child ORDER BY g.gram, c.territory, g.child;
DROP TABLE child_gram;
ALTER TABLE child_run RENAME TO child_gram;
CREATE INDEX child_gram_child ON child_gram (child, gram);

-- They move with the child.
-- sqlite:
CREATE TRIGGER child_gram_move AFTER UPDATE OF territory ON child WHEN NEW.territory <> OLD.territory
BEGIN UPDATE child_gram SET territory = NEW.territory WHERE child = NEW.id; END;
-- postgres:
ALTER INDEX child_run_pkey RENAME TO child_gram_pkey;
CREATE FUNCTION child_gram_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE child_gram SET territory = NEW.territory WHERE child = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER child_gram_move AFTER UPDATE OF territory ON child FOR EACH ROW
  WHEN (NEW.territory IS DISTINCT FROM OLD.territory) EXECUTE FUNCTION child_gram_move();
-- both:

-- Who is unsafe for a child is asked whenever its case is opened, of all times.
CREATE INDEX unsafe_child ON unsafe (child, from_at);
