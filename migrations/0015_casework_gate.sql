-- The closing gate asks for more: a case ends with its goals met only when at
-- least one measure with an expected result was delivered and judged. Cases that
-- ended before stand as they ended.
-- sqlite:
CREATE TRIGGER case_gate_judged BEFORE UPDATE ON case_file
WHEN NEW.end_kind = 'goals_met' AND OLD.end_kind <> 'goals_met'
  AND NOT EXISTS (SELECT 1 FROM measure AS m JOIN result AS u ON u.measure = m.id AND u.state = 'given'
    WHERE m.case_id = NEW.id AND m.exempt = '' AND m.state = 'judged')
BEGIN SELECT RAISE(ABORT, 'case_gate'); END;
-- postgres:
CREATE FUNCTION case_gate_judged() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM measure AS m JOIN result AS u ON u.measure = m.id AND u.state = 'given'
    WHERE m.case_id = NEW.id AND m.exempt = '' AND m.state = 'judged') THEN
    RAISE EXCEPTION 'case_gate' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_gate';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_gate_judged BEFORE UPDATE ON case_file FOR EACH ROW
  WHEN (NEW.end_kind = 'goals_met' AND OLD.end_kind <> 'goals_met') EXECUTE FUNCTION case_gate_judged();
-- both:
