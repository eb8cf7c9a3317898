"""What can be wrong with somebody's file."""

from gis_app.errors import UserError


class FileError(UserError):
    """A file that cannot be read, or not so: says which file, what is wrong with it, and what to do."""
