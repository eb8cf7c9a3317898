"""What the commands of all files share: opening and performing with a progress bar, reports in words or as JSON, options."""

import json
import math
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app import language
from gis_app.errors import UserError
from gis_app.language import format_number, msg, tr
from gis_app.progress import Steps

if TYPE_CHECKING:
    from gis_app.county.changes import Changes, Edit
    from gis_app.county.county import County

DONE, PROBLEMS, BAD_INPUT = 0, 1, 2

Command = Callable[..., Any]


class Refused(UserError):
    """An edit that the county does not allow."""


def run(steps: Steps[Any], hidden: bool) -> Any:
    """Run a long piece of work with a progress bar on standard error."""
    with click.progressbar(length=1000, file=sys.stderr, hidden=hidden or not sys.stderr.isatty(), show_eta=False) as bar:
        while True:
            try:
                progress = next(steps)
            except StopIteration as stop:
                bar.update(1000 - bar.pos)
                return stop.value
            bar.label = str(progress.text)
            bar.update(max(0, int(progress.fraction * 1000) - bar.pos))


def perform(county: "County", edit: "Edit", hidden: bool) -> "Changes":
    """Perform an edit with a progress bar; a refusal is told and ends the command."""
    from gis_app.county.changes import Refusal

    result = run(county.performing(edit), hidden)
    if isinstance(result, Refusal):
        raise Refused(result.reason)
    changes: Changes = result
    return changes


def open_county(path: str) -> "County":
    """Open a county file; `UserError` says in one sentence why it cannot be."""
    from gis_app import bootstrap

    return bootstrap.open_county(Path(path))


@contextmanager
def opened_county(path: str) -> "Iterator[County]":
    """Open a county file for the length of a `with`, and close it whatever happens there; `UserError` as of `open_county`."""
    county = open_county(path)
    try:
        yield county
    finally:
        county.close()


def target(text: str) -> Path:
    """Return where to write; refuse a place that cannot be, and one where a county would be lost, before any work is done."""
    from gis_app import bootstrap

    path = Path(text)
    if path.is_dir():
        raise Refused(msg("{path} is a folder; give the name of a file.", path=text))
    if not path.parent.is_dir():
        raise Refused(msg("{path}: there is no folder {folder}; make it first.", path=text, folder=path.parent))
    if bootstrap.is_county(path):
        raise Refused(msg("{path} is a county file and is not written over; choose another name.", path=text))
    return path


def say(report: dict[str, Any], as_json: bool, lines: Sequence[str]) -> None:
    """Print a report: as one JSON object, or in words."""
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(line)


def listed(lines: Sequence[str], most: int) -> list[str]:
    """Return the first lines of a list that may be long, and how many more there are."""
    more = len(lines) - most
    return [*lines[:most], tr("… and {count} more (use --json for all)", count=format_number(more))] if more > 0 else list(lines)


def json_option(command: Command) -> Command:
    """Add `--json` to a command."""
    return click.option("--json", "as_json", is_flag=True, help=tr("Print the report as JSON."))(command)


def accuracy_option(command: Command) -> Command:
    """Add how accurate a point is, in metres."""

    def check(_context: click.Context, _option: click.Parameter, value: float) -> float:
        if not 0 <= value < math.inf:
            raise Refused(msg("{option} {text}: write metres, 0 or more.", option="--accuracy", text=f"{value:g}"))
        return value

    return click.option("--accuracy", default=20.0, show_default=True, callback=check, help=tr("Accuracy of the point in metres."))(command)


def lang_option(command: Command) -> Command:
    """Add `--lang` to a command; `main` has obeyed it by then."""
    return click.option("--lang", type=click.Choice(language.LANGUAGES), help=tr("Language of every text."))(command)


def instant(text: str | None, option: str, whole_day: bool) -> datetime | None:
    """Return the instant (UTC) of a day or a time in Asia/Shanghai; a day as an end means the end of that day."""
    if text is None:
        return None
    import numpy as np

    from gis_app.files.dates import as_times

    (moment,), (wrong,) = as_times(np.array([text], dtype=object), language.ZONE.key)
    if wrong or not re.match(r"\s*\d{4}(\d{4}\b|\D)", text):  # the year comes first: 3/4/20 could be two days
        raise Refused(msg("{option} {text}: write a day as 2020-04-28 or an instant as 2020-04-28T12:00.", option=option, text=text))
    found: datetime = moment.astype("datetime64[s]").item().replace(tzinfo=UTC)
    is_day = not re.search(r"[T:：时点]|\d\s+\d", text)
    return found + timedelta(days=int(whole_day and is_day))
