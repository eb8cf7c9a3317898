"""Long work is a generator that yields `Progress`; whoever stops iterating cancels it."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeVar

from gis_app.language import Message

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a piece of work is: `fraction` in [0, 1] and what is being done."""

    fraction: float
    text: Message


Steps = Generator[Progress, None, T]
"""A long piece of work: yields `Progress`, returns its result. `close()` cancels it and must leave nothing half done."""


def finish(steps: Steps[T]) -> T:
    """Run a piece of work to its end and return its result."""
    while True:
        try:
            next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result


def part(steps: Steps[T], start: float, end: float) -> Steps[T]:
    """Run `steps` as a part of a longer work: its fractions are mapped into [start, end]."""
    while True:
        try:
            progress = next(steps)
        except StopIteration as stop:
            result: T = stop.value
            return result
        yield Progress(start + progress.fraction * (end - start), progress.text)
