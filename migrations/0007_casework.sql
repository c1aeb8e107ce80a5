-- What an expected result is counted in: the range, whole numbers or decimal,
-- and which way is better (1 rises, -1 falls, 0 open). New values keep to it;
-- what was written before stays as it was written.
CREATE TABLE indicator (
  key    TEXT PRIMARY KEY,
  least  {int} NOT NULL,
  most   {int} NOT NULL,
  whole  {bool} NOT NULL,
  better {int} NOT NULL CHECK (better IN (-1, 0, 1)),
  CHECK (least < most)
);
INSERT INTO indicator (key, least, most, whole, better) VALUES
  ('attendance_percent', 0, 100, FALSE, 1),
  ('lessons_missed_week', 0, 60, FALSE, -1),
  ('conflicts_month', 0, 100, TRUE, -1),
  ('grade_average', 1, 5, FALSE, 1),
  ('sleep_hours', 0, 24, FALSE, 0),
  ('contact_hours_week', 0, 168, FALSE, 1),
  ('safety_score', 0, 10, TRUE, 1),
  ('mood_score', 0, 10, TRUE, 1),
  ('income_security', 0, 10, TRUE, 1),
  ('documents_ready', 0, 20, TRUE, 1);

-- sqlite:
CREATE TRIGGER measure_range_insert BEFORE INSERT ON measure
WHEN NEW.exempt = '' AND NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator
  AND NEW.baseline BETWEEN i.least AND i.most AND NEW.target BETWEEN i.least AND i.most
  AND (NEW.target - NEW.baseline) * i.better >= 0
  AND (NOT i.whole OR (NEW.baseline = CAST(NEW.baseline AS INTEGER) AND NEW.target = CAST(NEW.target AS INTEGER))))
BEGIN SELECT RAISE(ABORT, 'measure_range'); END;
CREATE TRIGGER measure_range_update BEFORE UPDATE OF exempt, indicator, baseline, target ON measure
WHEN NEW.exempt = '' AND NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator
  AND NEW.baseline BETWEEN i.least AND i.most AND NEW.target BETWEEN i.least AND i.most
  AND (NEW.target - NEW.baseline) * i.better >= 0
  AND (NOT i.whole OR (NEW.baseline = CAST(NEW.baseline AS INTEGER) AND NEW.target = CAST(NEW.target AS INTEGER))))
BEGIN SELECT RAISE(ABORT, 'measure_range'); END;
CREATE TRIGGER reading_range_insert BEFORE INSERT ON reading
WHEN NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator AND NEW.value BETWEEN i.least AND i.most
  AND (NOT i.whole OR NEW.value = CAST(NEW.value AS INTEGER)))
BEGIN SELECT RAISE(ABORT, 'reading_range'); END;
CREATE TRIGGER reading_range_update BEFORE UPDATE OF indicator, value ON reading
WHEN NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator AND NEW.value BETWEEN i.least AND i.most
  AND (NOT i.whole OR NEW.value = CAST(NEW.value AS INTEGER)))
BEGIN SELECT RAISE(ABORT, 'reading_range'); END;
-- postgres:
CREATE FUNCTION measure_range() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.exempt = '' AND NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator
    AND NEW.baseline BETWEEN i.least AND i.most AND NEW.target BETWEEN i.least AND i.most
    AND (NEW.target - NEW.baseline) * i.better >= 0
    AND (NOT i.whole OR (NEW.baseline = floor(NEW.baseline) AND NEW.target = floor(NEW.target)))) THEN
    RAISE EXCEPTION 'measure_range' USING ERRCODE = 'check_violation', CONSTRAINT = 'measure_range';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_range BEFORE INSERT OR UPDATE OF exempt, indicator, baseline, target ON measure
  FOR EACH ROW EXECUTE FUNCTION measure_range();
CREATE FUNCTION reading_range() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM indicator AS i WHERE i.key = NEW.indicator AND NEW.value BETWEEN i.least AND i.most
    AND (NOT i.whole OR NEW.value = floor(NEW.value))) THEN
    RAISE EXCEPTION 'reading_range' USING ERRCODE = 'check_violation', CONSTRAINT = 'reading_range';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER reading_range BEFORE INSERT OR UPDATE OF indicator, value ON reading
  FOR EACH ROW EXECUTE FUNCTION reading_range();
-- both:

-- Whether danger now stands unanswered is asked of the last assessment.
CREATE INDEX assessment_danger ON assessment (case_id, at) WHERE safety = 3;

-- A lawful end that a curator wrote alone waits until the office has looked.
ALTER TABLE case_file ADD COLUMN look_wanted {bool} NOT NULL DEFAULT FALSE;
ALTER TABLE case_file ADD COLUMN looked_at {instant};
ALTER TABLE case_file ADD COLUMN looked_by {id} REFERENCES person (id);
ALTER TABLE case_file ADD COLUMN look_note TEXT NOT NULL DEFAULT '';
CREATE INDEX case_file_look ON case_file (territory) WHERE look_wanted AND looked_at IS NULL;
