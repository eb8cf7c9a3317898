"""One process at a time: an advisory lock on a small file beside the county file.

The operating system drops the lock with the process that holds it, so a killed program leaves none behind. The lock is not taken on
the county file itself: SQLite keeps its own there, and other programs may read the file meanwhile.
"""

import contextlib
import os
import sys
from pathlib import Path

from gis_app.storage import errors

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_lock(handle: int) -> None:
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _try_lock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


class FileLock:
    """The right to open a county file, held from construction to `release`; StorageError where somebody else holds it."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._handle: int | None = None
        while self._handle is None:
            try:
                handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as error:
                raise errors.closed_folder(path.parent, error.strerror) from error
            try:
                _try_lock(handle)
            except OSError as error:
                os.close(handle)
                raise errors.open_elsewhere(path) from error
            if _is_at(handle, self._path):
                self._handle = handle
            else:  # the holder before us removed the file between our opening and our locking: begin again
                os.close(handle)

    def release(self) -> None:
        """Give the lock back and remove its file; a second call does nothing."""
        if self._handle is None:
            return
        if sys.platform == "win32":  # pragma: no cover
            os.close(self._handle)
            with contextlib.suppress(OSError):  # somebody else has it by now
                self._path.unlink(missing_ok=True)
        else:
            self._path.unlink(missing_ok=True)  # while it is still ours, so that nobody can lock a file that is gone
            os.close(self._handle)
        self._handle = None


def _is_at(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
