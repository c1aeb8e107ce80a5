-- The shorter reasons are sealed from here on (the program seals what stands in
-- the open, in this same transaction), and what has been kept for long enough
-- can be erased by two persons.

-- What a message says of another child is sealed by an identifier of its own.
ALTER TABLE signal_child ADD COLUMN id {id};
-- sqlite:
UPDATE signal_child SET id = lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2)
  || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)));
-- postgres:
UPDATE signal_child SET id = gen_random_uuid();
-- both:
CREATE UNIQUE INDEX signal_child_id ON signal_child (id);

-- A row whose content was erased: it stays to be counted, and is shown nowhere.
ALTER TABLE child ADD COLUMN erased_at {instant};
ALTER TABLE case_file ADD COLUMN erased_at {instant};
ALTER TABLE signal ADD COLUMN erased_at {instant};
CREATE INDEX case_file_kept ON case_file (ended_at) WHERE ended_at IS NOT NULL AND erased_at IS NULL;
CREATE INDEX signal_kept ON signal (ended_at) WHERE ended_at IS NOT NULL AND erased_at IS NULL;

-- An erasure: one person asks, another agrees or refuses. What it was of is an
-- identifier; the content is gone, the counts stay.
CREATE TABLE erasure (
  id         {id} PRIMARY KEY,
  noun       TEXT NOT NULL CHECK (noun IN ('case','message','child')),
  subject    {id} NOT NULL,
  territory  {path} NOT NULL REFERENCES territory (path),
  norm       TEXT NOT NULL,  -- the rule it stands on
  years      {int} NOT NULL, -- what the rule said when it was asked
  reason     TEXT NOT NULL CHECK (reason <> ''),
  asked_by   {id} REFERENCES person (id), 
  asked_at   {instant} NOT NULL,
  state      TEXT NOT NULL CHECK (state IN ('asked','refused','done')),
  answered_by {id} REFERENCES person (id),
  answered_at {instant},
  answer     TEXT NOT NULL DEFAULT '', -- why it was agreed to or refused
  counts     TEXT NOT NULL DEFAULT '', -- what was erased, as JSON: numbers of rows
  again      {bool} NOT NULL DEFAULT FALSE, -- done once more by an operator, after a restore
  CHECK (answered_by IS NULL OR asked_by IS NULL OR answered_by <> asked_by),
  CHECK ((state = 'asked') = (answered_at IS NULL)),
  CHECK ((state = 'done') = (counts <> '')),
  CHECK (again OR asked_by IS NOT NULL AND (state = 'asked' OR answered_by IS NOT NULL))
);
CREATE UNIQUE INDEX erasure_one ON erasure (noun, subject) WHERE state <> 'refused';
CREATE INDEX erasure_list ON erasure (territory, state, asked_at);

-- Rows of messages, cases and children are never deleted, nor does what was
-- erased come back; an answered erasure stands for good.
-- sqlite:
CREATE TRIGGER child_keep BEFORE DELETE ON child
BEGIN SELECT RAISE(ABORT, 'row_keep'); END;
CREATE TRIGGER case_file_keep BEFORE DELETE ON case_file
BEGIN SELECT RAISE(ABORT, 'row_keep'); END;
CREATE TRIGGER signal_keep BEFORE DELETE ON signal
BEGIN SELECT RAISE(ABORT, 'row_keep'); END;
CREATE TRIGGER child_erased BEFORE UPDATE OF erased_at, family, given, iin ON child
WHEN OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.family <> '' OR NEW.given <> '' OR NEW.iin IS NOT NULL)
BEGIN SELECT RAISE(ABORT, 'row_erased'); END;
CREATE TRIGGER case_file_erased BEFORE UPDATE ON case_file
WHEN NEW.erased_at IS NOT NULL AND NEW.ended_at IS NULL OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL
BEGIN SELECT RAISE(ABORT, 'row_erased'); END;
CREATE TRIGGER signal_erased BEFORE UPDATE ON signal
WHEN NEW.erased_at IS NOT NULL AND NEW.ended_at IS NULL OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL
BEGIN SELECT RAISE(ABORT, 'row_erased'); END;
CREATE TRIGGER erasure_append_only BEFORE UPDATE ON erasure
WHEN OLD.id <> NEW.id OR OLD.noun <> NEW.noun OR OLD.subject <> NEW.subject OR OLD.asked_at <> NEW.asked_at
  OR OLD.asked_by IS DISTINCT FROM NEW.asked_by OR OLD.state <> NEW.state AND OLD.state <> 'asked'
  OR OLD.state <> 'asked' AND (OLD.answered_by IS DISTINCT FROM NEW.answered_by OR OLD.answered_at <> NEW.answered_at OR OLD.counts <> NEW.counts)
BEGIN SELECT RAISE(ABORT, 'erasure_append_only'); END;
CREATE TRIGGER erasure_keep BEFORE DELETE ON erasure
BEGIN SELECT RAISE(ABORT, 'erasure_append_only'); END;
-- postgres:
CREATE FUNCTION row_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'row_keep';
END $$;
CREATE TRIGGER child_keep BEFORE DELETE ON child FOR EACH ROW EXECUTE FUNCTION row_keep();
CREATE TRIGGER case_file_keep BEFORE DELETE ON case_file FOR EACH ROW EXECUTE FUNCTION row_keep();
CREATE TRIGGER signal_keep BEFORE DELETE ON signal FOR EACH ROW EXECUTE FUNCTION row_keep();
CREATE FUNCTION row_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'row_erased';
END $$;
CREATE TRIGGER child_erased BEFORE UPDATE OF erased_at, family, given, iin ON child FOR EACH ROW
  WHEN (OLD.erased_at IS NOT NULL AND (NEW.erased_at IS NULL OR NEW.family <> '' OR NEW.given <> '' OR NEW.iin IS NOT NULL))
  EXECUTE FUNCTION row_erased();
CREATE TRIGGER case_file_erased BEFORE UPDATE ON case_file FOR EACH ROW
  WHEN (NEW.erased_at IS NOT NULL AND NEW.ended_at IS NULL OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL) EXECUTE FUNCTION row_erased();
CREATE TRIGGER signal_erased BEFORE UPDATE ON signal FOR EACH ROW
  WHEN (NEW.erased_at IS NOT NULL AND NEW.ended_at IS NULL OR OLD.erased_at IS NOT NULL AND NEW.erased_at IS NULL) EXECUTE FUNCTION row_erased();
CREATE FUNCTION erasure_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.id <> NEW.id OR OLD.noun <> NEW.noun OR OLD.subject <> NEW.subject OR OLD.asked_at <> NEW.asked_at
    OR OLD.asked_by IS DISTINCT FROM NEW.asked_by OR OLD.state <> NEW.state AND OLD.state <> 'asked'
    OR OLD.state <> 'asked' AND (OLD.answered_by IS DISTINCT FROM NEW.answered_by OR OLD.answered_at <> NEW.answered_at OR OLD.counts <> NEW.counts) THEN
    RAISE EXCEPTION 'erasure_append_only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER erasure_append_only BEFORE UPDATE OR DELETE ON erasure FOR EACH ROW EXECUTE FUNCTION erasure_append_only();
-- both:
