-- In which territory a case was, from–to: whether somebody covered it at a past
-- instant is judged by where it then was. Rows are written by the database
-- itself, whatever moves the case; an ended row stands for good.

CREATE TABLE case_place (
  case_id   {id} NOT NULL REFERENCES case_file (id),
  n         {int} NOT NULL, -- from 1
  territory {path} NOT NULL REFERENCES territory (path),
  from_at   {instant} NOT NULL,
  to_at     {instant},
  PRIMARY KEY (case_id, n),
  CHECK (to_at IS NULL OR to_at >= from_at)
);
CREATE UNIQUE INDEX case_place_open ON case_place (case_id) WHERE to_at IS NULL;

-- The record of each move bears the territory that the case left.
INSERT INTO case_place (case_id, n, territory, from_at, to_at)
SELECT c.id, row_number() OVER (PARTITION BY c.id ORDER BY a.at, a.id), a.territory,
  COALESCE(lag(a.at) OVER (PARTITION BY c.id ORDER BY a.at, a.id), c.opened_at), a.at
FROM audit AS a JOIN case_file AS c ON c.id = a.subject
WHERE a.verb IN ('case.move', 'case.merge') AND a.at >= c.opened_at
  AND a.territory IN (SELECT path FROM territory);
INSERT INTO case_place (case_id, n, territory, from_at, to_at)
SELECT c.id, 1 + COALESCE(max(p.n), 0), c.territory, COALESCE(max(p.to_at), c.opened_at), NULL
FROM case_file AS c LEFT JOIN case_place AS p ON p.case_id = c.id GROUP BY c.id, c.territory, c.opened_at;

-- The head of a body now sees its measures by the body itself, whenever they
-- were ordered: what was given to heads one by one ends.
UPDATE access_reach SET to_at = from_at WHERE ground = 'executor'
  AND EXISTS (SELECT 1 FROM measure AS m WHERE m.id = access_reach.source AND (m.executor IS NULL OR m.executor <> access_reach.person));

-- sqlite:
CREATE TRIGGER case_place_opened AFTER INSERT ON case_file
BEGIN
  INSERT INTO case_place (case_id, n, territory, from_at) VALUES (NEW.id, 1, NEW.territory, NEW.opened_at);
END;
CREATE TRIGGER case_place_moved AFTER UPDATE OF territory ON case_file WHEN NEW.territory <> OLD.territory
BEGIN
  UPDATE case_place SET to_at = max(from_at, COALESCE(NEW.moved_at, NEW.opened_at)) WHERE case_id = NEW.id AND to_at IS NULL;
  INSERT INTO case_place (case_id, n, territory, from_at)
  SELECT NEW.id, max(n) + 1, NEW.territory, max(to_at) FROM case_place WHERE case_id = NEW.id;
END;
CREATE TRIGGER case_place_append_only BEFORE UPDATE ON case_place
WHEN OLD.to_at IS NOT NULL OR NEW.to_at IS NULL OR NEW.case_id <> OLD.case_id OR NEW.n <> OLD.n OR NEW.territory <> OLD.territory OR NEW.from_at <> OLD.from_at
BEGIN SELECT RAISE(ABORT, 'case_place_append_only'); END;
CREATE TRIGGER case_place_keep BEFORE DELETE ON case_place
BEGIN SELECT RAISE(ABORT, 'case_place_append_only'); END;
-- postgres:
CREATE FUNCTION case_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO case_place (case_id, n, territory, from_at) VALUES (NEW.id, 1, NEW.territory, NEW.opened_at);
    RETURN NULL;
  END IF;
  UPDATE case_place SET to_at = greatest(from_at, COALESCE(NEW.moved_at, NEW.opened_at)) WHERE case_id = NEW.id AND to_at IS NULL;
  INSERT INTO case_place (case_id, n, territory, from_at)
  SELECT NEW.id, max(n) + 1, NEW.territory, max(to_at) FROM case_place WHERE case_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER case_place_opened AFTER INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION case_place();
CREATE TRIGGER case_place_moved AFTER UPDATE OF territory ON case_file FOR EACH ROW
  WHEN (NEW.territory <> OLD.territory) EXECUTE FUNCTION case_place();
CREATE FUNCTION case_place_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.to_at IS NOT NULL OR NEW.to_at IS NULL OR NEW.case_id <> OLD.case_id OR NEW.n <> OLD.n
    OR NEW.territory <> OLD.territory OR NEW.from_at <> OLD.from_at THEN
    RAISE EXCEPTION 'case_place_append_only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_place_append_only BEFORE UPDATE OR DELETE ON case_place FOR EACH ROW EXECUTE FUNCTION case_place_append_only();
-- both:
