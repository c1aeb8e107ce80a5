-- A legal hold: nothing of the child is erased while one stands, whatever the
-- years of keeping say.
CREATE TABLE child_hold (
  id        {id} PRIMARY KEY,
  child     {id} NOT NULL REFERENCES child (id),
  reason    TEXT NOT NULL CHECK (reason <> ''),
  placed_by {id} REFERENCES person (id),
  placed_at {instant} NOT NULL,
  lifted_by {id} REFERENCES person (id),
  lifted_at {instant},
  lifted_reason TEXT NOT NULL DEFAULT '',
  CHECK ((lifted_at IS NULL) = (lifted_reason = '')),
  CHECK (lifted_at IS NULL OR lifted_at >= placed_at)
);
CREATE INDEX child_hold_child ON child_hold (child, lifted_at);
