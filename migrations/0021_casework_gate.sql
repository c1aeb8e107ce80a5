-- The closing gate asks for the results of the one case. Asked from the measures
-- on, SQLite walked the results of all cases at each end, for it cannot tell that
-- 'given' is in the index of those that were not refused.
-- sqlite:
DROP TRIGGER case_gate_judged;
CREATE TRIGGER case_gate_judged BEFORE UPDATE ON case_file
WHEN NEW.end_kind = 'goals_met' AND OLD.end_kind <> 'goals_met'
  AND NOT EXISTS (SELECT 1 FROM result AS u JOIN measure AS m ON m.id = u.measure AND m.case_id = u.case_id
    WHERE u.case_id = NEW.id AND u.state = 'given' AND m.exempt = '' AND m.state = 'judged')
BEGIN SELECT RAISE(ABORT, 'case_gate'); END;
-- postgres:
CREATE OR REPLACE FUNCTION case_gate_judged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM result AS u JOIN measure AS m ON m.id = u.measure AND m.case_id = u.case_id
    WHERE u.case_id = NEW.id AND u.state = 'given' AND m.exempt = '' AND m.state = 'judged') THEN
    RAISE EXCEPTION 'case_gate' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_gate';
  END IF;
  RETURN NEW;
END $$;
-- both:
