-- The second factor: an authenticator application, recovery codes, passkeys;
-- sign-ins by a provider of identities; and sign-ins that stand between their
-- first and second step.

CREATE TABLE totp (
  id     {id} PRIMARY KEY REFERENCES person (id),
  secret TEXT NOT NULL, -- sealed
  last   {int} NOT NULL, -- the step of the last code that was taken: none counts twice
  since  {instant} NOT NULL
);

-- Only digests of the codes are kept; each has 80 random bits.
CREATE TABLE recovery_code (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  digest  TEXT NOT NULL UNIQUE,
  made_at {instant} NOT NULL,
  used_at {instant}
);
CREATE INDEX recovery_code_person ON recovery_code (person);

CREATE TABLE passkey (
  id         {id} PRIMARY KEY,
  person     {id} NOT NULL REFERENCES person (id),
  name       TEXT NOT NULL,
  handle     TEXT NOT NULL UNIQUE, -- what the authenticator calls it
  credential TEXT NOT NULL,        -- public key, counter and flags
  since      {instant} NOT NULL,
  used_at    {instant}
);
CREATE INDEX passkey_person ON passkey (person);

CREATE TABLE linked_login (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  issuer  TEXT NOT NULL,
  subject TEXT NOT NULL,
  since   {instant} NOT NULL,
  UNIQUE (issuer, subject),
  UNIQUE (person, issuer)
);

CREATE TABLE half_sign_in (
  id     {id} PRIMARY KEY,
  person {id} NOT NULL REFERENCES person (id),
  way    TEXT NOT NULL CHECK (way IN ('password', 'provider')),
  at     {instant} NOT NULL
);
CREATE INDEX half_sign_in_person ON half_sign_in (person);
CREATE INDEX half_sign_in_at ON half_sign_in (at);
