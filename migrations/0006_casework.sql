-- A child's case: who walks with the child, what is known, what is done, and
-- whether it helped.

CREATE TABLE case_number (
  region {path} NOT NULL,
  year   {int} NOT NULL,
  last   {int} NOT NULL,
  PRIMARY KEY (region, year)
);

CREATE TABLE case_file (
  id         {id} PRIMARY KEY,
  no         TEXT NOT NULL UNIQUE,
  territory  {path} NOT NULL REFERENCES territory (path),
  child      {id} NOT NULL REFERENCES child (id),
  state      TEXT NOT NULL CHECK (state IN ('opened','assessed','planned','running','ended')),
  risk       TEXT NOT NULL CHECK (risk IN ('low','medium','high','acute')),
  problems   TEXT NOT NULL, -- keys joined by spaces
  opened_at  {instant} NOT NULL,
  opened_by  {id} REFERENCES person (id),
  signal     {id},
  reopened_from {id} REFERENCES case_file (id),
  repeat     {bool} NOT NULL DEFAULT FALSE,
  ended_at   {instant},
  end_kind   TEXT NOT NULL DEFAULT '' CHECK (end_kind IN ('','goals_met','turned_18','moved_abroad','died','court','wrong_child','refusal','moved','merged')),
  end_reason TEXT NOT NULL DEFAULT '',
  end_safety TEXT NOT NULL DEFAULT '',
  ended_by   {id} REFERENCES person (id),
  moved_at   {instant}, -- when the case last came to another territory
  version    {int} NOT NULL DEFAULT 1,
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK ((state = 'ended') = (end_kind <> '')),
  CHECK (end_kind <> 'refusal' OR end_safety <> '')
);
CREATE UNIQUE INDEX case_file_one_open ON case_file (child) WHERE state <> 'ended';
CREATE INDEX case_file_list ON case_file (state, opened_at DESC, id DESC, territory, child);
CREATE INDEX case_file_territory ON case_file (territory, state);
CREATE INDEX case_file_child ON case_file (child, opened_at);

-- Who walks with the child. A row is proposed, then active, declined, lapsed
-- or ended; intervals are [active_at, ended_at).
CREATE TABLE assignment (
  id          {id} PRIMARY KEY,
  case_id     {id} NOT NULL REFERENCES case_file (id),
  person      {id} NOT NULL REFERENCES person (id),
  role        TEXT NOT NULL CHECK (role IN ('curator','deputy')),
  state       TEXT NOT NULL CHECK (state IN ('proposed','active','declined','withdrawn','ended')),
  proposed_at {instant} NOT NULL,
  proposed_by {id} REFERENCES person (id),
  active_at   {instant},
  appointed   {bool} NOT NULL DEFAULT FALSE,
  ended_at    {instant},
  until_at    {instant}, -- a deputy's last instant
  reason      TEXT NOT NULL DEFAULT '',
  CHECK (state <> 'active' OR (active_at IS NOT NULL AND ended_at IS NULL)),
  CHECK (state NOT IN ('declined','withdrawn','ended') OR ended_at IS NOT NULL)
);
CREATE UNIQUE INDEX assignment_one_active_curator ON assignment (case_id) WHERE role = 'curator' AND state = 'active';
CREATE UNIQUE INDEX assignment_one_proposed_curator ON assignment (case_id, role) WHERE role = 'curator' AND state = 'proposed';
CREATE INDEX assignment_person ON assignment (person, state, role);
CREATE INDEX assignment_case ON assignment (case_id, role, proposed_at);

-- When a person of the service is away.
CREATE TABLE absence (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  from_at {instant} NOT NULL,
  to_at   {instant} NOT NULL,
  reason  TEXT NOT NULL,
  CHECK (to_at > from_at)
);
CREATE INDEX absence_person ON absence (person, from_at);

CREATE TABLE risk_change (
  id        {id} PRIMARY KEY,
  case_id   {id} NOT NULL REFERENCES case_file (id),
  was       TEXT NOT NULL,
  level     TEXT NOT NULL CHECK (level IN ('low','medium','high','acute')),
  reason    TEXT NOT NULL,
  at        {instant} NOT NULL,
  by        {id} REFERENCES person (id),
  assessment {id},
  second_by {id} REFERENCES person (id),
  second_at {instant},
  second_reason TEXT NOT NULL DEFAULT '',
  state     TEXT NOT NULL CHECK (state IN ('in_force','second_wanted','refused')),
  marked    {bool} NOT NULL DEFAULT FALSE -- lowered within days of an overdue line (rule 26)
);
CREATE UNIQUE INDEX risk_change_waiting ON risk_change (case_id) WHERE state = 'second_wanted';
CREATE INDEX risk_change_case ON risk_change (case_id, at);

CREATE TABLE assessment (
  id      {id} PRIMARY KEY,
  case_id {id} NOT NULL REFERENCES case_file (id),
  at      {instant} NOT NULL,
  by      {id} REFERENCES person (id),
  safety INTEGER, family INTEGER, health INTEGER, education INTEGER,
  behaviour INTEGER, emotions INTEGER, peers INTEGER, living INTEGER,
  note    TEXT NOT NULL DEFAULT '',
  CHECK (safety BETWEEN 0 AND 3 AND family BETWEEN 0 AND 3 AND health BETWEEN 0 AND 3 AND education BETWEEN 0 AND 3
     AND behaviour BETWEEN 0 AND 3 AND emotions BETWEEN 0 AND 3 AND peers BETWEEN 0 AND 3 AND living BETWEEN 0 AND 3)
);
CREATE INDEX assessment_case ON assessment (case_id, at);

CREATE TABLE plan (
  id          {id} PRIMARY KEY,
  case_id     {id} NOT NULL UNIQUE REFERENCES case_file (id),
  goals       TEXT NOT NULL,
  child_view  TEXT NOT NULL DEFAULT '',
  view_absent TEXT NOT NULL DEFAULT '',
  review_day  {date} NOT NULL,
  at          {instant} NOT NULL,
  by          {id} REFERENCES person (id),
  version     {int} NOT NULL DEFAULT 1,
  CHECK (child_view <> '' OR view_absent <> '')
);

CREATE TABLE measure (
  id         {id} PRIMARY KEY,
  case_id    {id} NOT NULL REFERENCES case_file (id),
  territory  {path} NOT NULL REFERENCES territory (path),
  child      {id} NOT NULL REFERENCES child (id),
  kind       TEXT NOT NULL,
  subject    TEXT NOT NULL CHECK (subject IN ('child','parent','family','class','school')),
  executor   {id} REFERENCES person (id),
  body       {id} REFERENCES agency (id),
  ground     TEXT NOT NULL CHECK (ground IN ('consent','law','court')),
  ground_note TEXT NOT NULL DEFAULT '',
  exempt     TEXT NOT NULL DEFAULT '' CHECK (exempt IN ('','urgent','one_off')),
  indicator  TEXT NOT NULL DEFAULT '',
  baseline   DOUBLE PRECISION,
  target     DOUBLE PRECISION,
  check_day  {date},
  from_day   {date} NOT NULL,
  due_day    {date} NOT NULL,
  dose       TEXT NOT NULL DEFAULT '',
  cost       {int},
  ordered_at {instant} NOT NULL,
  ordered_by {id} REFERENCES person (id),
  state      TEXT NOT NULL CHECK (state IN ('ordered','delivered','not_delivered','judged','interrupted')),
  delivery   TEXT NOT NULL DEFAULT '' CHECK (delivery IN ('','full','partly','not')),
  delivery_reason TEXT NOT NULL DEFAULT '' CHECK (delivery_reason IN ('','executor_did_not','refused','not_available','cancelled','overtaken')),
  delivery_note TEXT NOT NULL DEFAULT '',
  delivered_at {instant},
  delivered_by {id} REFERENCES person (id),
  version    {int} NOT NULL DEFAULT 1,
  CHECK (due_day >= from_day),
  CHECK (executor IS NOT NULL OR body IS NOT NULL),
  CHECK (exempt <> '' OR (indicator <> '' AND baseline IS NOT NULL AND target IS NOT NULL AND target <> baseline AND check_day IS NOT NULL)),
  CHECK (delivery <> 'not' OR delivery_reason <> '')
);
CREATE INDEX measure_case ON measure (case_id, ordered_at);
CREATE INDEX measure_executor ON measure (executor, state, due_day);
CREATE INDEX measure_body ON measure (body, state, due_day);
CREATE INDEX measure_check ON measure (state, check_day, territory);

-- A reading serves a domain, a goal and several measures at once.
CREATE TABLE reading (
  id        {id} PRIMARY KEY,
  case_id   {id} NOT NULL REFERENCES case_file (id),
  domain    TEXT NOT NULL DEFAULT '',
  goal      {int} NOT NULL DEFAULT 0, -- line of the plan's goals, from 1
  indicator TEXT NOT NULL,
  value     DOUBLE PRECISION NOT NULL,
  day       {date} NOT NULL,
  source    TEXT NOT NULL,
  at        {instant} NOT NULL,
  by        {id} REFERENCES person (id)
);
CREATE INDEX reading_case ON reading (case_id, day);
CREATE TABLE reading_for (
  measure {id} NOT NULL REFERENCES measure (id),
  reading {id} NOT NULL REFERENCES reading (id),
  PRIMARY KEY (measure, reading)
);
CREATE INDEX reading_for_reading ON reading_for (reading);

CREATE TABLE result (
  id        {id} PRIMARY KEY,
  measure   {id} NOT NULL REFERENCES measure (id),
  case_id   {id} NOT NULL REFERENCES case_file (id),
  outcome   TEXT NOT NULL CHECK (outcome IN ('helped','partly','no_change','harmed','cannot_tell')),
  reading   {id} REFERENCES reading (id),
  reason    TEXT NOT NULL DEFAULT '',
  independence TEXT NOT NULL CHECK (independence IN ('other_body','same_body_call','secretary_call','curator')),
  at        {instant} NOT NULL,
  by        {id} REFERENCES person (id),
  second_by {id} REFERENCES person (id),
  second_at {instant},
  second_reason TEXT NOT NULL DEFAULT '',
  state     TEXT NOT NULL CHECK (state IN ('given','second_wanted','refused')),
  CHECK (outcome <> 'cannot_tell' OR reason <> ''),
  CHECK (outcome <> 'cannot_tell' OR state <> 'given' OR second_by IS NOT NULL),
  CHECK (reading IS NOT NULL OR reason <> '')
);
CREATE UNIQUE INDEX result_one ON result (measure) WHERE state <> 'refused';
CREATE INDEX result_case ON result (case_id);

CREATE TABLE contact (
  id          {id} PRIMARY KEY,
  case_id     {id} NOT NULL REFERENCES case_file (id),
  kind        TEXT NOT NULL CHECK (kind IN ('visit','call','school','video','office')),
  seen        TEXT NOT NULL CHECK (seen IN ('alone','with_others','not_seen')),
  happened_at {instant} NOT NULL,
  entered_at  {instant} NOT NULL,
  by          {id} REFERENCES person (id),
  child_words TEXT NOT NULL DEFAULT '',
  note        TEXT NOT NULL DEFAULT '',
  CHECK (happened_at <= entered_at)
);
CREATE INDEX contact_case ON contact (case_id, happened_at);
CREATE INDEX contact_by ON contact (by, entered_at);

-- Passive checks after the end (practice rule 15).
CREATE TABLE end_check (
  id       {id} PRIMARY KEY,
  case_id  {id} NOT NULL REFERENCES case_file (id),
  due_day  {date} NOT NULL,
  done_at  {instant},
  done_by  {id} REFERENCES person (id),
  source   TEXT NOT NULL DEFAULT '' CHECK (source IN ('','own_records','school_line','clinic_line')),
  outcome  TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('','calm','worry')),
  note     TEXT NOT NULL DEFAULT '',
  UNIQUE (case_id, due_day)
);
CREATE INDEX end_check_due ON end_check (done_at, due_day);

-- The closing gate: a case whose goals are met keeps no measure that is still
-- ordered, nor one that was delivered and lacks its result.
-- sqlite:
CREATE TRIGGER case_gate BEFORE UPDATE ON case_file
WHEN NEW.end_kind = 'goals_met' AND EXISTS (SELECT 1 FROM measure WHERE case_id = NEW.id AND state IN ('ordered','delivered'))
BEGIN SELECT RAISE(ABORT, 'case_gate'); END;
CREATE TRIGGER measure_gate_insert BEFORE INSERT ON measure
WHEN NEW.state IN ('ordered','delivered') AND EXISTS (SELECT 1 FROM case_file WHERE id = NEW.case_id AND end_kind = 'goals_met')
BEGIN SELECT RAISE(ABORT, 'case_gate'); END;
CREATE TRIGGER measure_gate_update BEFORE UPDATE ON measure
WHEN NEW.state IN ('ordered','delivered') AND EXISTS (SELECT 1 FROM case_file WHERE id = NEW.case_id AND end_kind = 'goals_met')
BEGIN SELECT RAISE(ABORT, 'case_gate'); END;
-- postgres:
CREATE FUNCTION case_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.end_kind = 'goals_met' AND EXISTS (SELECT 1 FROM measure WHERE case_id = NEW.id AND state IN ('ordered','delivered')) THEN
    RAISE EXCEPTION 'case_gate' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_gate';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER case_gate BEFORE UPDATE ON case_file FOR EACH ROW EXECUTE FUNCTION case_gate();
CREATE FUNCTION measure_gate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state IN ('ordered','delivered') AND EXISTS (SELECT 1 FROM case_file WHERE id = NEW.case_id AND end_kind = 'goals_met') THEN
    RAISE EXCEPTION 'case_gate' USING ERRCODE = 'check_violation', CONSTRAINT = 'case_gate';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER measure_gate BEFORE INSERT OR UPDATE ON measure FOR EACH ROW EXECUTE FUNCTION measure_gate();
-- both:
