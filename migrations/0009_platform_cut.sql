-- When the access of a person of the service was cut, suspended or
-- deactivated, from–to: cover and reach of a past instant are read from it. Rows
-- are written by the database itself, whatever changes the state; an ended row
-- stands for good.

CREATE TABLE person_cut (
  person  {id} NOT NULL REFERENCES person (id),
  n       {int} NOT NULL, -- from 1, in the order of writing
  state   TEXT NOT NULL CHECK (state IN ('suspended','deactivated')),
  from_at {instant} NOT NULL,
  to_at   {instant},
  PRIMARY KEY (person, n),
  CHECK (to_at IS NULL OR to_at >= from_at)
);
CREATE UNIQUE INDEX person_cut_open ON person_cut (person) WHERE to_at IS NULL;

-- What is known so far stands in the log; a state without its record begins
-- when it was last changed.
INSERT INTO person_cut (person, n, state, from_at, to_at)
SELECT e.person, e.n, CASE e.verb WHEN 'person.suspend' THEN 'suspended' ELSE 'deactivated' END, e.at,
  CASE WHEN e.next IS NULL AND p.state = 'active' THEN e.at ELSE e.next END
FROM (SELECT a.subject AS person, a.verb, a.at, row_number() OVER (PARTITION BY a.subject ORDER BY a.at, a.id) AS n,
    lead(a.at) OVER (PARTITION BY a.subject ORDER BY a.at, a.id) AS next
  FROM audit AS a WHERE a.verb IN ('person.suspend', 'person.restore', 'person.deactivate')) AS e
JOIN person AS p ON p.id = e.person WHERE e.verb <> 'person.restore';
INSERT INTO person_cut (person, n, state, from_at, to_at)
SELECT p.id, 1 + (SELECT COALESCE(max(x.n), 0) FROM person_cut AS x WHERE x.person = p.id), p.state, COALESCE(p.state_at, p.created_at), NULL
FROM person AS p WHERE p.state <> 'active' AND NOT EXISTS (SELECT 1 FROM person_cut AS x WHERE x.person = p.id AND x.to_at IS NULL);

-- sqlite:
CREATE TRIGGER person_cut_added AFTER INSERT ON person WHEN NEW.state <> 'active'
BEGIN
  INSERT INTO person_cut (person, n, state, from_at) VALUES (NEW.id, 1, NEW.state, COALESCE(NEW.state_at, NEW.created_at));
END;
CREATE TRIGGER person_cut_changed AFTER UPDATE OF state ON person WHEN NEW.state <> OLD.state
BEGIN
  UPDATE person_cut SET to_at = max(from_at, COALESCE(NEW.state_at, NEW.created_at)) WHERE person = NEW.id AND to_at IS NULL;
  INSERT INTO person_cut (person, n, state, from_at)
  SELECT NEW.id, 1 + (SELECT COALESCE(max(n), 0) FROM person_cut WHERE person = NEW.id), NEW.state, COALESCE(NEW.state_at, NEW.created_at)
  WHERE NEW.state <> 'active';
END;
CREATE TRIGGER person_cut_append_only BEFORE UPDATE ON person_cut
WHEN OLD.to_at IS NOT NULL OR NEW.to_at IS NULL OR NEW.person <> OLD.person OR NEW.n <> OLD.n OR NEW.state <> OLD.state OR NEW.from_at <> OLD.from_at
BEGIN SELECT RAISE(ABORT, 'person_cut_append_only'); END;
CREATE TRIGGER person_cut_keep BEFORE DELETE ON person_cut
BEGIN SELECT RAISE(ABORT, 'person_cut_append_only'); END;
-- postgres:
CREATE FUNCTION person_cut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE person_cut SET to_at = greatest(from_at, COALESCE(NEW.state_at, NEW.created_at)) WHERE person = NEW.id AND to_at IS NULL;
  IF NEW.state <> 'active' THEN
    INSERT INTO person_cut (person, n, state, from_at)
    SELECT NEW.id, 1 + COALESCE(max(n), 0), NEW.state, COALESCE(NEW.state_at, NEW.created_at) FROM person_cut WHERE person = NEW.id;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER person_cut_added AFTER INSERT ON person FOR EACH ROW WHEN (NEW.state <> 'active') EXECUTE FUNCTION person_cut();
CREATE TRIGGER person_cut_changed AFTER UPDATE OF state ON person FOR EACH ROW WHEN (NEW.state <> OLD.state) EXECUTE FUNCTION person_cut();
CREATE FUNCTION person_cut_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.to_at IS NOT NULL OR NEW.to_at IS NULL OR NEW.person <> OLD.person OR NEW.n <> OLD.n
    OR NEW.state <> OLD.state OR NEW.from_at <> OLD.from_at THEN
    RAISE EXCEPTION 'person_cut_append_only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER person_cut_append_only BEFORE UPDATE OR DELETE ON person_cut FOR EACH ROW EXECUTE FUNCTION person_cut_append_only();
-- both:
