"""The error of this room: what a user must do before a page can be written."""

from gis_app.errors import UserError


class OutputError(UserError):
    """A page, picture or map cannot be written: the sentence says which, and what to do."""
