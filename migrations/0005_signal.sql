-- Messages about a child, and what became of each. None is ever deleted.

CREATE TABLE signal (
  id            {id} PRIMARY KEY,
  territory     {path} NOT NULL REFERENCES territory (path), -- whose clock runs
  place         {path} NOT NULL REFERENCES territory (path), -- where it was received
  child         {id} REFERENCES child (id),
  channel       TEXT NOT NULL CHECK (channel IN ('phone','visit','school','police','clinic','line_111','letter','raid','public','other')),
  received_at   {instant} NOT NULL,
  entered_at    {instant} NOT NULL,
  entered_by    {id} REFERENCES person (id),
  what          TEXT NOT NULL,
  how_known     TEXT NOT NULL,
  kind_reported TEXT NOT NULL,
  kind_confirmed TEXT NOT NULL DEFAULT '',
  urgent        {bool} NOT NULL,
  whom          TEXT NOT NULL DEFAULT '', -- words about the child when no file is known yet
  state         TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new','safe_checked','passed','second_wanted','ended')),
  -- the immediate-safety answer (practice rule 1)
  with_whom     TEXT NOT NULL DEFAULT '',
  feared_near   TEXT NOT NULL DEFAULT '' CHECK (feared_near IN ('','yes','no','unknown')),
  injured       TEXT NOT NULL DEFAULT '' CHECK (injured IN ('','yes','no','unknown')),
  suicide       TEXT NOT NULL DEFAULT '' CHECK (suicide IN ('','yes','no','unknown')),
  answered_at   {instant},
  answered_by   {id} REFERENCES person (id),
  action_body   TEXT NOT NULL DEFAULT '',
  action_at     {instant},
  action_result TEXT NOT NULL DEFAULT '',
  -- another message about the child within the norm's months: the chair knows
  repeat        {bool} NOT NULL DEFAULT FALSE,
  -- handled a level above: it names somebody of the commission, or was refused twice
  up            {bool} NOT NULL DEFAULT FALSE,
  held_from     {instant} NOT NULL, -- since when the present holder's clock runs
  pass_to       {path} REFERENCES territory (path), -- whose acceptance is awaited
  passed_at     {instant},
  -- nobody in the household is told before safe to tell is recorded (rule 2)
  hold          {bool} NOT NULL DEFAULT FALSE,
  told_by       {id} REFERENCES person (id),
  told_whom     TEXT NOT NULL DEFAULT '',
  told_how      TEXT NOT NULL DEFAULT '',
  told_at       {instant},
  outcome       TEXT NOT NULL DEFAULT '' CHECK (outcome IN ('','case','added','not_confirmed')),
  case_id       {id},
  reason        TEXT NOT NULL DEFAULT '',
  triaged_by    {id} REFERENCES person (id),
  triaged_at    {instant},
  second_by     {id} REFERENCES person (id),
  ended_at      {instant},
  version       {int} NOT NULL DEFAULT 1,
  CHECK ((state = 'ended') = (outcome <> '')),
  CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
  CHECK (outcome <> 'not_confirmed' OR reason <> ''),
  CHECK (state = 'new' OR answered_at IS NOT NULL),
  CHECK ((state = 'passed') = (pass_to IS NOT NULL)),
  CHECK ((pass_to IS NULL) = (passed_at IS NULL))
);
CREATE INDEX signal_list ON signal (territory, state, received_at DESC, id DESC);
CREATE INDEX signal_by_child ON signal (child, received_at);
CREATE INDEX signal_up ON signal (territory) WHERE up;
CREATE INDEX signal_waits ON signal (pass_to) WHERE pass_to IS NOT NULL;

-- The reporter, apart: read by the triaging secretary alone (rule 5).
CREATE TABLE signal_reporter (
  signal  {id} PRIMARY KEY REFERENCES signal (id),
  kind    TEXT NOT NULL CHECK (kind IN ('child','parent','relative','neighbour','school','police','clinic','other','anonymous')),
  name    TEXT NOT NULL DEFAULT '',
  contact TEXT NOT NULL DEFAULT ''
);

-- Other children a message speaks of, and their part in it as reported.
CREATE TABLE signal_child (
  signal {id} NOT NULL REFERENCES signal (id),
  child  {id} NOT NULL REFERENCES child (id),
  part   TEXT NOT NULL CHECK (part IN ('hurt','harming','sibling','witness')),
  checked TEXT NOT NULL DEFAULT '', -- what was found when the facts were checked
  need    TEXT NOT NULL DEFAULT '', -- what this child needs
  case_id {id},
  PRIMARY KEY (signal, child)
);
CREATE INDEX signal_child_by_child ON signal_child (child);

-- Passing on: the sender keeps the clock until the receiver has accepted.
CREATE TABLE signal_pass (
  id         {id} PRIMARY KEY,
  signal     {id} NOT NULL REFERENCES signal (id),
  from_path  {path} NOT NULL,
  to_path    {path} NOT NULL REFERENCES territory (path),
  reason     TEXT NOT NULL,
  at         {instant} NOT NULL,
  by         {id} REFERENCES person (id),
  accepted_at {instant},
  refused_at {instant},
  refusal    TEXT NOT NULL DEFAULT '',
  answered_by {id} REFERENCES person (id),
  CHECK (accepted_at IS NULL OR refused_at IS NULL)
);
CREATE UNIQUE INDEX signal_pass_open ON signal_pass (signal) WHERE accepted_at IS NULL AND refused_at IS NULL;
CREATE INDEX signal_pass_to ON signal_pass (to_path, at);
