"""The schema of a county file through time: one revision a version, run with Alembic when an older file is opened."""

from pathlib import Path

from sqlalchemy import Connection

FOLDER = Path(__file__).parent
VERSIONS = (FOLDER / "versions",)


def upgrade(connection: Connection) -> None:
    """Bring a database to the newest version within the connection's transaction: all of it or nothing.

    No copy of the file is kept: the transaction is the safety, and copies of residents' data should not multiply unasked.
    """
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("version_locations", "\n".join(map(str, VERSIONS)).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
