-- Files that hang on a noun: a message, a case, a contact, a measure, a reading,
-- a result. The bytes lie outside the database, closed with a key of their own
-- that stands here sealed; they are named at random, so that who sees the
-- folder or the bucket cannot tell whose they are.
CREATE TABLE file (
  id        {id} PRIMARY KEY,
  noun      TEXT NOT NULL CHECK (noun IN ('signal','case','contact','measure','reading','result')),
  subject   {id} NOT NULL,
  blob      TEXT NOT NULL UNIQUE,
  kind      TEXT NOT NULL CHECK (kind IN ('pdf','jpeg','png','docx','xlsx')),
  size      {int} NOT NULL CHECK (size > 0),
  teller    {bool} NOT NULL DEFAULT FALSE, -- one can tell from it who reported (practice rule 5)
  title     TEXT NOT NULL DEFAULT '',
  data_key  TEXT NOT NULL DEFAULT '', -- none once the bytes are destroyed
  look      TEXT NOT NULL DEFAULT '', -- of a picture, for look-alikes
  digest    TEXT NOT NULL,            -- stays when the bytes are destroyed
  digest_blind TEXT,
  at        {instant} NOT NULL,
  by        {id} REFERENCES person (id),
  state     TEXT NOT NULL DEFAULT 'kept' CHECK (state IN ('kept','quarantined','handed','destroyed')),
  why       TEXT NOT NULL DEFAULT '',
  marked_at {instant},
  marked_by {id} REFERENCES person (id),
  taken_at  {instant},
  taken_by  {id} REFERENCES person (id),
  handed_at {instant},
  handed_by {id} REFERENCES person (id),
  handed_to TEXT NOT NULL DEFAULT '',
  handed_no TEXT NOT NULL DEFAULT '',
  destroyed_at {instant},
  lost_at   {instant}, -- since when its bytes are not where they should be
  CHECK ((state = 'kept') = (marked_at IS NULL)),
  CHECK (state NOT IN ('handed','destroyed') OR (handed_at IS NOT NULL AND handed_to <> '')),
  CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
  CHECK (state <> 'destroyed' OR data_key = '')
);
CREATE INDEX file_of ON file (noun, subject, at);
CREATE INDEX file_same ON file (digest_blind);
CREATE INDEX file_lost ON file (lost_at) WHERE lost_at IS NOT NULL;

-- Parts of a picture's look, each indexed under the keys of the house: pictures
-- that look alike share some of them.
CREATE TABLE file_look (
  id    {id} PRIMARY KEY,
  file  {id} NOT NULL REFERENCES file (id),
  band  TEXT NOT NULL,
  band_blind TEXT
);
CREATE INDEX file_look_band ON file_look (band_blind);
CREATE INDEX file_look_file ON file_look (file);
