-- Similar words are found by their trigrams. A trusted extension since PostgreSQL 13: who owns the database may bring it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
