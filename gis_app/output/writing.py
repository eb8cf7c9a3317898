"""Files appear whole or not at all: written beside their place under another name, then moved."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_app.language import msg
from gis_app.output.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path with the same suffix; move it to `path` at the end, remove it when something goes wrong or is cancelled.

    Raises `OutputError` where the folder is missing or may not be written to, or the disk is full.
    """
    if not path.parent.is_dir():
        raise OutputError(msg("{file} cannot be written: there is no folder {folder}.", file=path.name, folder=path.parent))
    if path.is_dir():
        raise OutputError(msg("{file} cannot be written: it is a folder. Give the name of a file.", file=path.name))
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        with temporary.open("wb"):
            pass
        yield temporary
        temporary.replace(path)
    except PermissionError:
        problem = msg(
            "{file} cannot be written in {folder}: permission is denied. Choose another folder, or close the file.",
            file=path.name,
            folder=path.parent,
        )
        raise OutputError(problem) from None
    except OSError as error:
        reason = error.strerror or str(error)
        problem = msg("{file} cannot be written in {folder}: {reason}.", file=path.name, folder=path.parent, reason=reason)
        raise OutputError(problem) from None
    finally:
        temporary.unlink(missing_ok=True)
