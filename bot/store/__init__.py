"""Tables, transactions and queries (SQLAlchemy Core, SQLite or PostgreSQL)."""
