"""What the county does not allow, as a value: a reason code, the reason in words, and the place."""

from dataclasses import dataclass

from gis_app.language import Message


@dataclass(frozen=True, slots=True)
class Refusal:
    """An edit that is not done: a reason code, and the reason in words. `at` is the place (county coordinates) where there is one."""

    code: str
    reason: Message
    at: tuple[float, float] | None = None
