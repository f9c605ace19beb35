-- Safe to run at every start. A write to content and its outbox row are one statement, hence one transaction.

CREATE TABLE IF NOT EXISTS content (
  id         serial PRIMARY KEY,
  slug       text NOT NULL UNIQUE,
  title      text NOT NULL,
  body       text NOT NULL,
  metadata   jsonb NOT NULL DEFAULT '{}',
  tags       text[] NOT NULL DEFAULT '{}',
  version    integer NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS content_updated_at ON content (updated_at DESC);

-- The last version of a deleted id: its 404 carries it, so that an edge can order it against content.
CREATE TABLE IF NOT EXISTS deleted_content (
  id         integer PRIMARY KEY,
  version    integer NOT NULL,
  deleted_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS deleted_content_deleted_at ON deleted_content (deleted_at DESC);

-- Claimed by status, never by `id > last`: a sequence value is taken before its commit is visible.
CREATE TABLE IF NOT EXISTS outbox (
  id         bigserial PRIMARY KEY,
  event_id   uuid NOT NULL,
  type       text NOT NULL,
  target     text NOT NULL,
  version    integer,
  mode       text,
  priority   text NOT NULL,
  created_at timestamptz NOT NULL,
  sent_at    timestamptz
);
CREATE INDEX IF NOT EXISTS outbox_pending ON outbox (id) WHERE sent_at IS NULL;
CREATE INDEX IF NOT EXISTS outbox_sent_at ON outbox (sent_at) WHERE sent_at IS NOT NULL;

-- First start only: ids 1 to 3.
INSERT INTO content (slug, title, body, metadata, tags, created_at, updated_at)
SELECT slug, title, body, '{}', tags, now(), now()
FROM (VALUES
  (1, 'getting-started', 'Getting Started with EdgeSync', 'Read this from three regions, change it at the origin, and watch who still serves the old text.', ARRAY['tutorial', 'beginner']),
  (2, 'cache-invalidation', 'Cache Invalidation', 'One of the two hard problems in computer science.', ARRAY['caching', 'distributed-systems']),
  (3, 'distributed-systems', 'Distributed Systems', 'Where a machine you did not know existed decides what you read.', ARRAY['distributed-systems'])
) AS seed (position, slug, title, body, tags)
WHERE NOT EXISTS (SELECT FROM content) AND NOT EXISTS (SELECT FROM deleted_content)
ORDER BY position;
