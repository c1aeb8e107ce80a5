-- Tokens of the API: a person's own key for a program, kept as its digest.
CREATE TABLE token (
  id         {id} PRIMARY KEY,
  person     {id} NOT NULL REFERENCES person (id),
  name       TEXT NOT NULL,
  digest     TEXT NOT NULL UNIQUE,
  prefix     TEXT NOT NULL, -- the beginning, to recognise it by
  read_only  {bool} NOT NULL DEFAULT FALSE,
  created_at {instant} NOT NULL,
  expires_at {instant} NOT NULL,
  used_at    {instant},
  revoked_at {instant}
);
CREATE INDEX token_person ON token (person, created_at);

-- What a request with an idempotency key was answered: identifiers only.
CREATE TABLE answered (
  person    {id} NOT NULL REFERENCES person (id),
  operation TEXT NOT NULL,
  key       TEXT NOT NULL,
  asked     TEXT NOT NULL, -- what was asked, as a blind index
  answer    TEXT NOT NULL DEFAULT '',
  at        {instant} NOT NULL,
  PRIMARY KEY (person, operation, key)
);
CREATE INDEX answered_at ON answered (at);
