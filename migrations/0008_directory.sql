-- Devices on which a person has signed in before: what others try elsewhere
-- never makes these wait. Only the digest of a browser's token is kept.

CREATE TABLE known_device (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  digest  TEXT NOT NULL UNIQUE,
  since   {instant} NOT NULL,
  seen_at {instant} NOT NULL
);
CREATE INDEX known_device_person ON known_device (person);

ALTER TABLE sign_in ADD COLUMN device {id};

-- Tries at one login, or from one network, pass one after the other: each
-- locks a row here, whether or not there is such an account.
CREATE TABLE sign_in_gate (
  id {id} PRIMARY KEY
);
INSERT INTO sign_in_gate (id) VALUES
  ('00000000-0000-4000-8000-000000000000'),
  ('00000000-0000-4000-8000-000000000001'),
  ('00000000-0000-4000-8000-000000000002'),
  ('00000000-0000-4000-8000-000000000003'),
  ('00000000-0000-4000-8000-000000000004'),
  ('00000000-0000-4000-8000-000000000005'),
  ('00000000-0000-4000-8000-000000000006'),
  ('00000000-0000-4000-8000-000000000007'),
  ('00000000-0000-4000-8000-000000000008'),
  ('00000000-0000-4000-8000-000000000009'),
  ('00000000-0000-4000-8000-00000000000a'),
  ('00000000-0000-4000-8000-00000000000b'),
  ('00000000-0000-4000-8000-00000000000c'),
  ('00000000-0000-4000-8000-00000000000d'),
  ('00000000-0000-4000-8000-00000000000e'),
  ('00000000-0000-4000-8000-00000000000f');
