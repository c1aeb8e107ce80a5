-- Children, the adults around them, where they live and learn, who must not
-- reach them.

CREATE TABLE child (
  id          {id} PRIMARY KEY,
  territory   {path} NOT NULL REFERENCES territory (path),
  iin         TEXT UNIQUE CHECK (iin IS NULL OR length(iin) = 12),
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
  -- the safe-contact card: whom, how, when, in what language, who must not know
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
CREATE INDEX child_list ON child (territory, sort_key, id);
CREATE INDEX child_born ON child (born, territory);

-- Folded spellings of a child's names, for the search before a new file.
CREATE TABLE child_spelling (
  child {id} NOT NULL REFERENCES child (id),
  word  {key} NOT NULL,
  PRIMARY KEY (child, word)
);
CREATE INDEX child_spelling_word ON child_spelling (word, child);
CREATE TABLE child_gram (
  gram  {key} NOT NULL,
  child {id} NOT NULL REFERENCES child (id),
  PRIMARY KEY (gram, child)
-- sqlite:
) WITHOUT ROWID;
-- postgres:
);
-- both:

CREATE TABLE adult (
  id         {id} PRIMARY KEY,
  family     TEXT NOT NULL,
  given      TEXT NOT NULL,
  patronymic TEXT NOT NULL DEFAULT '',
  phone      TEXT NOT NULL DEFAULT '',
  born       {date},
  created_at {instant} NOT NULL,
  version    {int} NOT NULL DEFAULT 1
);

CREATE TABLE relation (
  id         {id} PRIMARY KEY,
  child      {id} NOT NULL REFERENCES child (id),
  adult      {id} NOT NULL REFERENCES adult (id),
  kind       TEXT NOT NULL CHECK (kind IN ('mother','father','stepmother','stepfather','grandparent','sibling','aunt_uncle','guardian','foster','other')),
  legal      {bool} NOT NULL,
  lives_with {bool} NOT NULL,
  from_day   {date} NOT NULL,
  to_day     {date},
  UNIQUE (child, adult, kind, from_day)
);
CREATE INDEX relation_adult ON relation (adult, child);

-- Who is unsafe for the child (practice rule 2).
CREATE TABLE unsafe (
  id      {id} PRIMARY KEY,
  child   {id} NOT NULL REFERENCES child (id),
  adult   {id} NOT NULL REFERENCES adult (id),
  ground  TEXT NOT NULL CHECK (ground IN ('suspected','protective_order','lives_with_unsafe')),
  reason  TEXT NOT NULL,
  from_at {instant} NOT NULL,
  to_at   {instant},
  lifted_reason TEXT NOT NULL DEFAULT '',
  by      {id} REFERENCES person (id)
);
CREATE UNIQUE INDEX unsafe_one ON unsafe (child, adult) WHERE to_at IS NULL;
CREATE INDEX unsafe_adult ON unsafe (adult);

CREATE TABLE address (
  id       {id} PRIMARY KEY,
  child    {id} NOT NULL REFERENCES child (id),
  text     TEXT NOT NULL,
  from_day {date} NOT NULL,
  to_day   {date}
);
CREATE INDEX address_child ON address (child, from_day);

CREATE TABLE schooling (
  id       {id} PRIMARY KEY,
  child    {id} NOT NULL REFERENCES child (id),
  school   {id} REFERENCES agency (id),
  none     TEXT NOT NULL DEFAULT '' CHECK (none IN ('','preschool','not_enrolled','finished','homeschool','unknown')),
  grade    TEXT NOT NULL DEFAULT '',
  from_day {date} NOT NULL,
  to_day   {date},
  CHECK ((school IS NULL) = (none <> ''))
);
CREATE INDEX schooling_child ON schooling (child, from_day);
