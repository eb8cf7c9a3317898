"""Running the command line within the tests' own process: a second faster a command than a process of its own."""

import json
from typing import Any

from click.testing import CliRunner

from gis_app.cli import commands
from gis_app.errors import UserError


def run(*arguments: object, code: int = 0) -> str:
    """Run one command; its exit code must be `code`. Return what it printed, or the sentence on what is wrong."""
    done = CliRunner().invoke(commands(), [str(argument) for argument in arguments], standalone_mode=False)
    if isinstance(done.exception, UserError):
        assert code == 2, f"{arguments}: {done.exception}"
        return str(done.exception)
    if done.exception is not None:
        raise done.exception
    assert done.return_value == code, f"{arguments}: exit {done.return_value}\n{done.output}"
    return done.stdout


def report(*arguments: object, code: int = 0) -> dict[str, Any]:
    """Run one command with --json and return its report."""
    found: dict[str, Any] = json.loads(run(*arguments, "--json", code=code))
    return found
