"""The schemas of the database, one step each; Alembic reads `versions` by itself."""
