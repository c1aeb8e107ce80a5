-- A canary for each key that has ever sealed here: a ring that lacks a key or
-- brings another one of the same number is told before it writes.

CREATE TABLE secret_key (
  no         {int} NOT NULL,  -- the key's number in its set
  kind       TEXT NOT NULL CHECK (kind IN ('seal','blind')),
  canary     TEXT NOT NULL,   -- a known text, sealed or blinded by this key alone
  created_at {instant} NOT NULL,
  PRIMARY KEY (kind, no)
);
