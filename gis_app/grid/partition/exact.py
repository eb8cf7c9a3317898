"""All ways to share out a few buildings, where searching step by step has found none that keeps the floor."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache

FEW = 14
"""Up to so many buildings all ways are looked through: within a tenth of a second, as a rule."""


def exactly(weights: Sequence[int], beside: Sequence[Mapping[int, float]], k: int, floor: int, most: float) -> list[int] | None:
    """Return a cell (0 … k - 1) for each of n <= `FEW` faces so that each cell is connected and weighs `floor` to `most`; None if none is.

    `beside`: for each face those that it touches. Faces are bits of a number; a cell with the lowest free face is chosen, then the others.
    """
    touching = [sum(1 << other for other in others) for others in beside]

    @cache
    def weight(faces: int) -> int:
        return sum(weight for face, weight in enumerate(weights) if faces >> face & 1)

    @cache
    def connected(faces: int) -> bool:
        reached, before = faces & -faces, 0
        while reached != before:
            before = reached
            for face in range(len(weights)):
                if reached >> face & 1:
                    reached |= touching[face] & faces
        return reached == faces

    @cache
    def shared(rest: int, cells: int) -> tuple[int, ...] | None:
        if not cells * floor <= weight(rest) <= cells * most:
            return None
        if cells == 1:
            return (rest,) if connected(rest) else None
        for cell in _with_lowest(rest):
            if floor <= weight(cell) <= most and connected(cell) and (others := shared(rest ^ cell, cells - 1)) is not None:
                return (cell, *others)
        return None

    found = shared((1 << len(weights)) - 1, k)
    return None if found is None else [next(cell for cell, faces in enumerate(found) if faces >> face & 1) for face in range(len(weights))]


def _with_lowest(faces: int) -> Iterator[int]:
    """Yield the proper subsets of a set of faces that hold its lowest one."""
    lowest = faces & -faces
    rest = others = faces ^ lowest
    while others:
        others = (others - 1) & rest
        yield others | lowest
