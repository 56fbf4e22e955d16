"""Tables and migrations say the same, and an old schema is refused in a clear sentence."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.store import subscribers
from bot.store.database import Database
from bot.store.migrate import MIGRATIONS, SchemaError, head, require_current, upgrade
from bot.store.tables import metadata
from tests.conftest import Postgres

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    def differences(connection: Connection) -> object:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert database.read(differences) == []


def test_the_newest_revision_is_told_by_the_numbers_of_the_files() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert head() == ScriptDirectory.from_config(config).get_current_head()


def test_migrating_again_changes_nothing(database: Database) -> None:
    upgrade(database)
    require_current(database)


def test_an_empty_database_is_refused_with_what_to_do(postgres: Postgres) -> None:
    url = postgres.create()
    database = Database(url)
    with pytest.raises(SchemaError, match="bot migrate"):
        require_current(database)
    database.close()
    postgres.drop(url)


def test_going_back_a_revision_and_up_again_keeps_what_is_stored(database: Database) -> None:
    database.write(lambda c: subscribers.suppress(c, b"somebody", "stop", NOW))

    def back(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")

    database.write(back)
    with pytest.raises(SchemaError, match="0001"):
        require_current(database)
    upgrade(database)
    require_current(database)
    assert not database.write(lambda c: subscribers.suppress(c, b"somebody", "stop", NOW))


def test_an_old_schema_is_refused_with_what_to_do(database: Database) -> None:
    database.write(lambda c: c.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(SchemaError, match="0000"):
        require_current(database)


def test_two_processes_may_migrate_at_once(postgres: Postgres) -> None:
    url = postgres.create()
    databases = [Database(url) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, databases))
    for database in databases:
        require_current(database)
        database.close()
    postgres.drop(url)
