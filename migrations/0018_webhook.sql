-- Webhooks: whom the house tells, by identifiers alone, that something happened;
-- and what is to be told, written in the transaction of the act.

CREATE TABLE webhook (
  id           {id} PRIMARY KEY,
  owner        {id} NOT NULL REFERENCES person (id), -- what the owner may not see is never sent
  territory    {path} NOT NULL REFERENCES territory (path), -- the owner's: whose administrators keep it
  name         TEXT NOT NULL,
  url          TEXT NOT NULL, -- sealed: addresses of receivers hold keys
  types        TEXT NOT NULL DEFAULT '', -- events or nouns, with a space between; all when empty
  secret       TEXT NOT NULL, -- sealed
  former       TEXT NOT NULL DEFAULT '', -- sealed: the secret before, which still signs until then
  former_until {instant},
  state        TEXT NOT NULL CHECK (state IN ('active','stopped','removed')),
  cause        TEXT NOT NULL DEFAULT '' CHECK (cause IN ('','person','failing','gone')),
  failing_since {instant},
  failures     {int} NOT NULL DEFAULT 0, -- in a row
  rest_until   {instant}, -- after a failure nothing is sent before
  busy_until   {instant}, -- one delivery at a time
  holder       {id},      -- and which
  turn         {int} NOT NULL DEFAULT 0, -- counts the calls, so that each has a job of its own
  minute_at    {instant}, -- what was sent in the minute since
  minute_sent  {int} NOT NULL DEFAULT 0,
  told_at      {instant}, -- the last that was taken
  created_by   TEXT NOT NULL,
  created_at   {instant} NOT NULL,
  version      {int} NOT NULL DEFAULT 1
);
CREATE INDEX webhook_state ON webhook (state);

CREATE TABLE webhook_delivery (
  id       {id} PRIMARY KEY, -- the webhook-id, the same in each attempt
  webhook  {id} NOT NULL, -- no reference: an act need not wait for a sender that holds the row
  type     TEXT NOT NULL,
  subject  {id} NOT NULL,
  child    {id},
  at       {instant} NOT NULL, -- when it happened
  state    TEXT NOT NULL CHECK (state IN ('pending','waiting','delivered','withheld','dead')),
  attempts {int} NOT NULL DEFAULT 0,
  round    {int} NOT NULL DEFAULT 0, -- how often an administrator has sent it again
  status   {int} NOT NULL DEFAULT 0, -- the number of the last answer
  cause    TEXT NOT NULL DEFAULT '',
  done_at  {instant}
);
CREATE INDEX webhook_delivery_of ON webhook_delivery (webhook, state, id);
CREATE INDEX webhook_delivery_done ON webhook_delivery (state, done_at);
