"""Bringing the schema up to date, and noticing when it is not."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from bot.store.database import Database

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY = ("texts", "schedule", "inbox", "receipts")


class SchemaError(Exception):
    """The database's schema is not the one that this program was written for."""


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, in one transaction; none missing changes nothing.

    Two processes may do so at once: on PostgreSQL the second waits for the first.
    """
    if database.read(current) == head():
        return
    from alembic import command  # loading it takes longer than all the rest of a start
    from alembic.config import Config

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7237641)")
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "postgresql":
            _tune(connection)

    database.write(work)


def _tune(connection: Connection) -> None:
    """Have PostgreSQL clear the busy tables by rows changed, not by a share of their size.

    A fifth of a million rows dead before it begins would make every look at the queue walk over
    them.
    """
    for table in BUSY:
        query = text("SELECT reloptions FROM pg_class WHERE oid = to_regclass(:name)")
        if not connection.execute(query, {"name": table}).scalar_one():
            connection.exec_driver_sql(
                f"ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01, "
                "autovacuum_vacuum_threshold = 2000, autovacuum_analyze_scale_factor = 0.01, "
                "autovacuum_vacuum_cost_delay = 0)"
            )


def head() -> str:
    """The newest revision that this program knows: their files are numbered."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*.py"))


def current(connection: Connection) -> str | None:
    """The revision that a database is at; None if it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    query = text("SELECT version_num FROM alembic_version")
    return connection.execute(query).scalar_one_or_none()


def require_current(database: Database) -> None:
    """Raise `SchemaError`, with what to do, unless the schema is the newest."""
    found = database.read(current)
    if found == head():
        return
    if found is None:
        raise SchemaError("the database is empty: run `bot migrate` first")
    raise SchemaError(
        f"the database is at revision {found}, this program needs {head()}: run `bot migrate` "
        "(or start the program version that made it)"
    )
