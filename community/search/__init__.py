"""Finding what was said: one interface over the full text search of PostgreSQL and of SQLite."""
