"""What can be wrong with a county file, in one sentence each."""

from pathlib import Path

from gis_app.errors import UserError
from gis_app.language import msg


class StorageError(UserError):
    """A county file cannot be created, opened, read or written."""


def no_file(path: Path) -> StorageError:
    """Nothing is there."""
    return StorageError(msg("There is no file {path}; check the name, or make a new county.", path=path))


def is_a_folder(path: Path) -> StorageError:
    """A folder is there."""
    return StorageError(msg("{path} is a folder, not a county file; choose the file itself.", path=path))


def no_county(path: Path) -> StorageError:
    """Something else is there."""
    return StorageError(msg("{path} is no county file; to bring in its data, open a county and import the file.", path=path))


def exists_already(path: Path) -> StorageError:
    """The name of a new county is taken."""
    return StorageError(msg("{path} exists already; choose another name, or open it.", path=path))


def no_folder(path: Path) -> StorageError:
    """The folder of a new county is not there."""
    return StorageError(msg("The folder {path} does not exist; make it first.", path=path))


def closed_folder(path: Path, why: object) -> StorageError:
    """Nothing can be written beside the file."""
    return StorageError(msg("The folder {path} cannot be written ({why}); copy the file to a folder of your own.", path=path, why=why))


def unknown_crs(crs: str) -> StorageError:
    """The coordinate system of a new county means nothing."""
    return StorageError(msg("{crs} is no coordinate system that is known; write it as EPSG:4550, for example.", crs=crs))


def flat_crs_needed(crs: str) -> StorageError:
    """The coordinate system of a new county counts in degrees."""
    return StorageError(msg("{crs} counts in degrees; a county needs a projected coordinate system such as EPSG:4550.", crs=crs))


def open_elsewhere(path: Path) -> StorageError:
    """Another process, or another window of this one, has the county open."""
    return StorageError(msg("{path} is open in another window or program of the county map; close it there first.", path=path))


def in_use(path: Path) -> StorageError:
    """Another program keeps the database locked."""
    return StorageError(msg("Another program is using {path}; close it there and try again.", path=path))


def changed_elsewhere(path: Path) -> StorageError:
    """Another program wrote to the file behind our back."""
    return StorageError(msg("Another program has changed {path} since it was opened; close the county and open it again.", path=path))


def newer(path: Path, theirs: str, ours: str) -> StorageError:
    """The file has a later schema than this program knows."""
    return StorageError(
        msg(
            "{path} was written by a newer version of the program (schema {theirs}, this one knows {ours}); update the program.",
            path=path,
            theirs=theirs,
            ours=ours,
        )
    )


def damaged(path: Path, why: object) -> StorageError:
    """The file is not whole, or holds what it cannot hold."""
    told = " ".join(str(why).split())  # the database tells it in lines
    return StorageError(msg("{path} is damaged ({why}); open a copy that was kept of it.", path=path, why=told))


def worked_on(number: str) -> StorageError:
    """A turned edit would take whistles away, or undo their routing, on which steps were recorded since."""
    return StorageError(
        msg("Whistle {number} has been worked on since; what was recorded stays, so the history cannot go past this step.", number=number)
    )


def registered_since() -> StorageError:
    """What was undone cannot be made again beside what was registered since."""
    return StorageError(msg("Whistles were registered since this was undone, so it cannot be made again; do it anew."))


def still_named() -> StorageError:
    """A turned edit would take away a cell, body, household … that whistles name which were registered since."""
    return StorageError(
        msg("Whistles recorded since name a cell, body, person or category that this takes away; the history cannot go past it.")
    )


def cannot_write(path: Path, why: object) -> StorageError:
    """The operating system or the database refuses to write."""
    return StorageError(msg("{path} cannot be written: {why}.", path=path, why=why))


def cannot_read(path: Path, why: object) -> StorageError:
    """The operating system or the database refuses to read."""
    return StorageError(msg("{path} cannot be read: {why}.", path=path, why=why))
