-- An identifier names one thing: what is within somebody's reach or closed to
-- somebody is told by the identifier alone, so that a child, a message, a case or
-- a measure must never bear that of another.
-- sqlite:
CREATE TRIGGER child_subject BEFORE INSERT ON child
WHEN EXISTS (SELECT 1 FROM signal WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM case_file WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM measure WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'subject_one'); END;
CREATE TRIGGER signal_subject BEFORE INSERT ON signal
WHEN EXISTS (SELECT 1 FROM child WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM case_file WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM measure WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'subject_one'); END;
CREATE TRIGGER case_file_subject BEFORE INSERT ON case_file
WHEN EXISTS (SELECT 1 FROM child WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM signal WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM measure WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'subject_one'); END;
CREATE TRIGGER measure_subject BEFORE INSERT ON measure
WHEN EXISTS (SELECT 1 FROM child WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM signal WHERE id = NEW.id) OR EXISTS (SELECT 1 FROM case_file WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'subject_one'); END;
-- postgres:
CREATE FUNCTION subject_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (TG_TABLE_NAME <> 'child' AND EXISTS (SELECT 1 FROM child WHERE id = NEW.id))
    OR (TG_TABLE_NAME <> 'signal' AND EXISTS (SELECT 1 FROM signal WHERE id = NEW.id))
    OR (TG_TABLE_NAME <> 'case_file' AND EXISTS (SELECT 1 FROM case_file WHERE id = NEW.id))
    OR (TG_TABLE_NAME <> 'measure' AND EXISTS (SELECT 1 FROM measure WHERE id = NEW.id)) THEN
    RAISE EXCEPTION 'subject_one' USING ERRCODE = 'check_violation', CONSTRAINT = 'subject_one';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER child_subject BEFORE INSERT ON child FOR EACH ROW EXECUTE FUNCTION subject_one();
CREATE TRIGGER signal_subject BEFORE INSERT ON signal FOR EACH ROW EXECUTE FUNCTION subject_one();
CREATE TRIGGER case_file_subject BEFORE INSERT ON case_file FOR EACH ROW EXECUTE FUNCTION subject_one();
CREATE TRIGGER measure_subject BEFORE INSERT ON measure FOR EACH ROW EXECUTE FUNCTION subject_one();
-- both:
