"""Errors that a user reads: one clear sentence, in both languages."""

from gis_app.language import Message


class UserError(Exception):
    """What is wrong, where (file, row, unit) and what to do, as one translatable sentence.

    Every package derives its own base from this. The command line prints the sentence and exits with 2;
    the window shows it. Anything else that is raised is a bug.
    """

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)
