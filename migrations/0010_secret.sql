-- A canary for each key that has ever sealed here: a ring that lacks a key or
-- brings another one of the same number is told before it writes.

CREATE TABLE secret_key (
  no         {int} NOT NULL,  -- the key's number in its set
  kind       TEXT NOT NULL CHECK (kind IN ('seal','blind')),
  canary     TEXT NOT NULL,   -- a known text, sealed or blinded by this key alone
  created_at {instant} NOT NULL,
  PRIMARY KEY (kind, no)
);

-- Tables whose former bytes, from before they were sealed, are still in the
-- database and are to be written over.
CREATE TABLE secret_debt (
  name TEXT PRIMARY KEY
);

-- An identification number is sealed: neither its length nor its being the
-- only one shows any more. The blind index keeps it the only one.
-- sqlite:
CREATE TABLE child_sealed (
  id          {id} PRIMARY KEY,
  territory   {path} NOT NULL REFERENCES territory (path),
  iin         TEXT,
  iin_blind   {key} UNIQUE,
  iin_absent  TEXT NOT NULL DEFAULT '' CHECK (iin_absent IN ('','newborn','no_documents','foreign','unknown')),
  family      TEXT NOT NULL,
  given       TEXT NOT NULL,
  patronymic  TEXT NOT NULL DEFAULT '',
  latin       TEXT NOT NULL DEFAULT '',
  sort_key    {key} NOT NULL,
  born        {date} NOT NULL,
  sex         TEXT NOT NULL CHECK (sex IN ('m','f')),
  lang        TEXT NOT NULL CHECK (lang IN ('kk','ru','other')),
  source      TEXT NOT NULL,
  contact_who   TEXT NOT NULL DEFAULT '',
  contact_how   TEXT NOT NULL DEFAULT '',
  contact_hours TEXT NOT NULL DEFAULT '',
  contact_lang  TEXT NOT NULL DEFAULT '',
  contact_not   TEXT NOT NULL DEFAULT '',
  died_on     {date},
  merged_into {id} REFERENCES child (id),
  created_at  {instant} NOT NULL,
  version     {int} NOT NULL DEFAULT 1,
  CHECK ((iin IS NULL) = (iin_absent <> '') OR merged_into IS NOT NULL)
);
INSERT INTO child_sealed (id, territory, iin, iin_absent, family, given, patronymic, latin, sort_key, born, sex, lang, source,
  contact_who, contact_how, contact_hours, contact_lang, contact_not, died_on, merged_into, created_at, version)
SELECT id, territory, iin, iin_absent, family, given, patronymic, latin, sort_key, born, sex, lang, source,
  contact_who, contact_how, contact_hours, contact_lang, contact_not, died_on, merged_into, created_at, version FROM child;
DROP TABLE child;
ALTER TABLE child_sealed RENAME TO child;
CREATE INDEX child_list ON child (territory, sort_key, id);
CREATE INDEX child_born ON child (born, territory);
-- postgres:
ALTER TABLE child DROP CONSTRAINT child_iin_check;
ALTER TABLE child DROP CONSTRAINT child_iin_key;
ALTER TABLE child ADD COLUMN iin_blind {key} UNIQUE;
-- both:

ALTER TABLE adult ADD COLUMN phone_blind {key};
CREATE INDEX adult_phone ON adult (phone_blind) WHERE phone_blind IS NOT NULL;
