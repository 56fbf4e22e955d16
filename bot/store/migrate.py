"""Bringing the schema up to date, and noticing when it is not."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from bot.store.database import Database

BUSY = ("texts", "schedule", "inbox", "receipts")


class SchemaError(Exception):
    """The database's schema is not the one that this program was written for."""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


def upgrade(database: Database) -> None:
    """Run the migrations that are missing, in one transaction; none missing changes nothing.

    Two processes may do so at once: on PostgreSQL the second waits for the first.
    """

    def work(connection: Connection) -> None:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL lock_timeout = '60s'")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7237641)")
        config = _config()
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


def head() -> str | None:
    """The newest revision that this program knows."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def require_current(database: Database) -> None:
    """Raise `SchemaError`, with what to do, unless the schema is the newest."""
    current = database.read(lambda c: MigrationContext.configure(c).get_current_revision())
    if current == head():
        return
    if current is None:
        raise SchemaError("the database is empty: run `bot migrate` first")
    raise SchemaError(
        f"the database is at revision {current}, this program needs {head()}: run `bot migrate` "
        "(or start the program version that made it)"
    )
