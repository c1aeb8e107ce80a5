-- The register's own ground: places, bodies, people of the service, grants,
-- norms, reach, the log.

CREATE TABLE territory (
  id      {id} PRIMARY KEY,
  no      {int} NOT NULL UNIQUE,
  parent  {id} REFERENCES territory (id),
  path    {path} NOT NULL UNIQUE CHECK (path LIKE '%.'),
  level   TEXT NOT NULL CHECK (level IN ('republic','region','district','rural')),
  kind    TEXT NOT NULL,
  kato    TEXT,
  name_kk TEXT NOT NULL,
  name_ru TEXT NOT NULL,
  name_en TEXT NOT NULL
);

CREATE TABLE agency (
  id        {id} PRIMARY KEY,
  kind      TEXT NOT NULL,
  territory {path} NOT NULL REFERENCES territory (path),
  name_kk   TEXT NOT NULL,
  name_ru   TEXT NOT NULL,
  bin       TEXT CHECK (bin IS NULL OR length(bin) = 12),
  closed_at {instant},
  version   {int} NOT NULL DEFAULT 1
);
CREATE INDEX agency_territory ON agency (territory, kind);

CREATE TABLE commission (
  id        {id} PRIMARY KEY,
  territory {path} NOT NULL REFERENCES territory (path),
  level     TEXT NOT NULL CHECK (level IN ('republic','region','district','rural')),
  name_kk   TEXT NOT NULL,
  name_ru   TEXT NOT NULL
);
CREATE INDEX commission_territory ON commission (territory);

CREATE TABLE person (
  id         {id} PRIMARY KEY,
  login      TEXT NOT NULL UNIQUE,
  family     TEXT NOT NULL,
  given      TEXT NOT NULL,
  patronymic TEXT NOT NULL DEFAULT '',
  post_kk    TEXT NOT NULL DEFAULT '',
  post_ru    TEXT NOT NULL DEFAULT '',
  lang       TEXT NOT NULL DEFAULT 'kk' CHECK (lang IN ('kk','ru','en')),
  agency     {id} REFERENCES agency (id),
  territory  {path} NOT NULL REFERENCES territory (path),
  state      TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active','suspended','deactivated')),
  state_at   {instant}, -- when the state last changed
  state_by   {id},      -- and who changed it; none for the machine
  password   TEXT NOT NULL DEFAULT '',
  must_change {bool} NOT NULL DEFAULT FALSE,
  created_at {instant} NOT NULL,
  version    {int} NOT NULL DEFAULT 1
);
CREATE INDEX person_territory ON person (territory, family);

CREATE TABLE access_grant (
  id         {id} PRIMARY KEY,
  person     {id} NOT NULL REFERENCES person (id),
  role       TEXT NOT NULL,
  territory  {path} NOT NULL REFERENCES territory (path),
  agency     {id} REFERENCES agency (id),
  commission {id} REFERENCES commission (id),
  from_at    {instant} NOT NULL,
  to_at      {instant},
  CHECK (to_at IS NULL OR to_at >= from_at)
);
CREATE INDEX access_grant_person ON access_grant (person, from_at);
CREATE INDEX access_grant_role ON access_grant (territory, role);
CREATE INDEX access_grant_agency ON access_grant (agency, role) WHERE agency IS NOT NULL;

-- Who may reach one subject (a child, mostly) outside a territory grant, why
-- and for how long.
CREATE TABLE access_reach (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  subject {id} NOT NULL,
  ground  TEXT NOT NULL,
  source  {id} NOT NULL,
  from_at {instant} NOT NULL,
  to_at   {instant},
  CHECK (to_at IS NULL OR to_at >= from_at),
  UNIQUE (person, subject, ground, source)
);
CREATE INDEX access_reach_subject ON access_reach (subject, person, ground, from_at, to_at);
CREATE INDEX access_reach_person ON access_reach (person, ground, subject);

-- Who must not learn of one subject, whatever their grants.
CREATE TABLE access_closed (
  id      {id} PRIMARY KEY,
  person  {id} REFERENCES person (id),
  agency  {id} REFERENCES agency (id),
  subject {id} NOT NULL,
  ground  TEXT NOT NULL,
  from_at {instant} NOT NULL,
  CHECK ((person IS NULL) <> (agency IS NULL))
);
CREATE INDEX access_closed_subject ON access_closed (subject);

CREATE TABLE norm (
  id          {id} PRIMARY KEY,
  key         TEXT NOT NULL,
  value       TEXT NOT NULL,
  act         TEXT NOT NULL DEFAULT '',
  article     TEXT NOT NULL DEFAULT '',
  from_day    {date} NOT NULL,
  to_day      {date},
  verified_by TEXT NOT NULL DEFAULT '',
  verified_on {date},
  version     {int} NOT NULL DEFAULT 1,
  UNIQUE (key, from_day),
  CHECK (to_day IS NULL OR to_day >= from_day)
);

CREATE TABLE audit (
  id        {id} PRIMARY KEY,
  at        {instant} NOT NULL,
  actor     TEXT NOT NULL,
  verb      TEXT NOT NULL,
  noun      TEXT NOT NULL,
  subject   {id},
  child     {id},
  territory {path},
  digest    TEXT NOT NULL,
  idx       {int} UNIQUE,
  leaf      TEXT
);
CREATE INDEX audit_unsealed ON audit (at, id) WHERE idx IS NULL;
CREATE INDEX audit_child ON audit (child, at);
CREATE INDEX audit_subject ON audit (subject, at);
CREATE INDEX audit_actor ON audit (actor, at);

-- The content behind a digest; erasing it leaves the proof.
CREATE TABLE audit_detail (
  audit  {id} PRIMARY KEY,
  salt   TEXT NOT NULL,
  detail TEXT NOT NULL
);

CREATE TABLE audit_node (
  pos  {int} PRIMARY KEY,
  hash TEXT NOT NULL
);

CREATE TABLE notice (
  id      {id} PRIMARY KEY,
  person  {id} NOT NULL REFERENCES person (id),
  key     TEXT NOT NULL,
  noun    TEXT NOT NULL,
  subject {id} NOT NULL,
  at      {instant} NOT NULL,
  seen_at {instant},
  UNIQUE (person, key, subject, at)
);
CREATE INDEX notice_person ON notice (person, at);

CREATE TABLE session (
  token     TEXT PRIMARY KEY,
  id        {id} NOT NULL UNIQUE,
  person    {id} REFERENCES person (id),
  data      TEXT NOT NULL,
  agent     TEXT NOT NULL DEFAULT '',
  address   TEXT NOT NULL DEFAULT '',
  created_at {instant} NOT NULL,
  seen_at   {instant} NOT NULL,
  expires_at {instant} NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

CREATE TABLE sign_in (
  id       {id} PRIMARY KEY,
  login    TEXT NOT NULL,
  address  TEXT NOT NULL,
  at       {instant} NOT NULL,
  ok       {bool} NOT NULL
);
CREATE INDEX sign_in_login ON sign_in (login, at);
CREATE INDEX sign_in_address ON sign_in (address, at);

CREATE TABLE setting (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

-- sqlite:
CREATE TRIGGER audit_append_only BEFORE UPDATE ON audit
WHEN OLD.idx IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.verb <> OLD.verb
  OR NEW.noun <> OLD.noun OR NEW.subject IS DISTINCT FROM OLD.subject OR NEW.child IS DISTINCT FROM OLD.child
  OR NEW.territory IS DISTINCT FROM OLD.territory OR NEW.digest <> OLD.digest
BEGIN SELECT RAISE(ABORT, 'audit_append_only'); END;
CREATE TRIGGER audit_keep BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'audit_keep'); END;
-- postgres:
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.idx IS NOT NULL OR NEW.id <> OLD.id OR NEW.at <> OLD.at OR NEW.actor <> OLD.actor OR NEW.verb <> OLD.verb
    OR NEW.noun <> OLD.noun OR NEW.subject IS DISTINCT FROM OLD.subject OR NEW.child IS DISTINCT FROM OLD.child
    OR NEW.territory IS DISTINCT FROM OLD.territory OR NEW.digest <> OLD.digest THEN
    RAISE EXCEPTION 'audit_append_only';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_append_only();
-- both:
