"""Alembic runs this: migrations work on the connection that `upgrade` hands over, in its transaction."""

from alembic import context


def run() -> None:
    """Run the migrations that are asked for."""
    connection = context.config.attributes["connection"]
    context.configure(connection=connection, transactional_ddl=True)
    context.run_migrations()


run()
