"""Cells as sets of faces: each of one piece, none below the floor where moving faces between neighbours can help, and short borders."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PAIRS = 12
"""So many pairs of neighbours are looked at before a balance is given up."""

_FACES = 10
"""So many faces of a border are tried for one move."""


class Regions:
    """Faces shared out among k cells. Only faces with a weight take part; those of other pieces of land never touch.

    `weights` and `middles` are those of all faces, `beside` who touches whom along which length, `owner` the cell of each face (-1: none).
    """

    def __init__(self, weights: Ints, middles: Floats, beside: Sequence[dict[int, float]], owner: Ints, k: int) -> None:
        self.weights = weights.tolist()
        self.middles = middles
        self.beside = beside
        self.owner: list[int] = owner.tolist()
        self.members: list[set[int]] = [set() for _ in range(k)]
        for face, cell in enumerate(self.owner):
            if cell >= 0:
                self.members[cell].add(face)
        self.load = [sum(self.weights[face] for face in faces) for faces in self.members]
        self._contacts: list[dict[int, int]] = [{} for _ in range(k)]
        """For each cell the cells beside it → how many pairs of faces touch."""
        for face, cell in enumerate(self.owner):
            if cell >= 0:
                for other in beside[face]:
                    if (theirs := self.owner[other]) != cell and theirs >= 0:
                        self._contacts[cell][theirs] = self._contacts[cell].get(theirs, 0) + 1

    # ------------------------------------------------------------ moving

    def move(self, faces: set[int], to: int) -> None:
        """Give faces, all of one cell, to another."""
        source = self.owner[next(iter(faces))]
        weight = sum(self.weights[face] for face in faces)
        self.members[source] -= faces
        self.members[to] |= faces
        self.load[source] -= weight
        self.load[to] += weight
        for face in faces:
            for other in self.beside[face]:
                if (theirs := self.owner[other]) >= 0:
                    self._touch(source, theirs, -1)
                    self._touch(to, theirs, 1)
            self.owner[face] = to

    def _touch(self, cell: int, other: int, more: int) -> None:
        """Count that faces of two cells touch, or no longer do."""
        if cell == other:
            return
        for one, two in ((cell, other), (other, cell)):
            count = self._contacts[one].get(two, 0) + more
            if count:
                self._contacts[one][two] = count
            else:
                del self._contacts[one][two]

    def pieces(self, faces: set[int]) -> list[set[int]]:
        """Return the connected pieces of a set of faces, the heaviest first."""
        left, found = set(faces), []
        while left:
            start = left.pop()
            piece, waiting = {start}, [start]
            while waiting:
                for other in self.beside[waiting.pop()]:
                    if other in left:
                        left.discard(other)
                        piece.add(other)
                        waiting.append(other)
            found.append(piece)
        found.sort(key=lambda piece: (-sum(self.weights[face] for face in piece), min(piece)))
        return found

    def with_what_hangs(self, face: int) -> set[int]:
        """Return a face and all that its cell would lose touch with if it went."""
        rest = self.members[self.owner[face]] - {face}
        near = [other for other in self.beside[face] if other in rest]
        if len(near) < 2 or self._still_touch(near, rest):
            return {face}
        return {face}.union(*self.pieces(rest)[1:])

    def _still_touch(self, near: list[int], rest: set[int]) -> bool:
        """Tell at a glance (one step around) whether the neighbours of a face still hang together."""
        left, waiting = set(near[1:]), [near[0]]
        seen = set(near)
        while waiting and left:
            for other in self.beside[waiting.pop()]:
                if other in left:
                    left.discard(other)
                    waiting.append(other)
                elif other in rest and other not in seen:
                    seen.add(other)
                    if any(third in left for third in self.beside[other]):
                        waiting.append(other)
        return not left

    def touching(self, cell: int) -> list[int]:
        """Return the cells beside a cell, ascending."""
        return sorted(self._contacts[cell])

    def border(self, cell: int, towards: int) -> list[int]:
        """Return the faces of a cell that touch another one, those first that lie best for going over."""
        faces = [face for face in self.members[cell] if any(self.owner[other] == towards for other in self.beside[face])]
        here, there = self.centre(cell), self.centre(towards)
        places = self.middles[faces].reshape(-1, 2)
        key = ((places - there) ** 2).sum(axis=1) - ((places - here) ** 2).sum(axis=1)
        return [faces[at] for at in np.argsort(key, kind="stable").tolist()]

    def centre(self, cell: int) -> Floats:
        """Return the middle of the buildings of a cell."""
        faces = list(self.members[cell])
        middle: Floats = np.average(self.middles[faces], axis=0, weights=np.maximum([self.weights[face] for face in faces], 1))
        return middle

    # ------------------------------------------------------------ what is asked for

    def connect(self) -> None:
        """Leave each cell its heaviest piece; the others go to the neighbour with the longest common border, the lightest piece first."""
        for _ in range(len(self.members) + 2):
            loose = [piece for faces in self.members if faces for piece in self.pieces(faces)[1:]]
            if not loose:
                return
            for piece in sorted(loose, key=lambda piece: sum(self.weights[face] for face in piece)):
                cell = self.owner[next(iter(piece))]
                around: dict[int, float] = {}
                for face in piece:
                    for other, length in self.beside[face].items():
                        if (theirs := self.owner[other]) != cell:
                            around[theirs] = around.get(theirs, 0.0) + length
                if around:
                    self.move(piece, max(around, key=lambda other: (around[other], -other)))

    def level(self, low: float, high: float) -> Iterator[None]:
        """Let faces go from heavy cells to light neighbours while that makes them more equal, and some are outside of `low` … `high`."""
        for _ in range(6 * len(self.weights) + 50):
            if all(low <= load <= high for load in self.load) or not self._level_once():
                return
            yield None

    def _level_once(self) -> bool:
        pairs = sorted(
            (
                (self.load[other] - self.load[cell], other, cell)
                for cell in range(len(self.members))
                for other in self.touching(cell)
                if self.load[other] - self.load[cell] > 1
            ),
            key=lambda pair: (-pair[0], pair[1], pair[2]),
        )
        return any(self._give(giver, taker, most=difference - 1) for difference, giver, taker in pairs[:_PAIRS])

    def _give(self, giver: int, taker: int, most: int, least: int = 1) -> bool:
        """Move the face that lies best, with what hangs on it, if it weighs neither too much nor too little."""
        for face in self.border(giver, taker)[:_FACES]:
            moved = self.with_what_hangs(face)
            weight = sum(self.weights[one] for one in moved)
            if least <= weight <= most and len(moved) < len(self.members[giver]):
                self.move(moved, taker)
                return True
        return False

    def missing(self, floor: int, most: float) -> float:
        """Return how many households the cells lack to their floor, or have above the most."""
        return float(sum(max(0, floor - load) + max(0.0, load - most) for load in self.load))

    def lift(self, floor: int, most: float) -> Iterator[None]:
        """Bring cells up to the floor by letting faces go along chains of neighbours, from cells that can spare some."""
        given_up: set[tuple[int, int]] = set()
        for _ in range(4 * len(self.members) + 20):
            poor = [cell for cell, load in enumerate(self.load) if load < floor]
            tried = next(
                ((cell, path) for cell in sorted(poor, key=lambda c: self.load[c]) for path in self._paths(cell, floor, given_up)), None
            )
            if tried is None:
                return
            cell, path = tried
            if not self._along(path, floor, most):
                given_up.add((path[0], cell))
            yield None

    def _paths(self, cell: int, floor: int, given_up: set[tuple[int, int]]) -> Iterator[list[int]]:
        """Yield the ways through neighbours to a cell from those that can spare something, the shortest first."""
        came = {cell: -1}
        waiting = [cell]
        while waiting:
            here = waiting.pop(0)
            if here != cell and self.load[here] > floor and (here, cell) not in given_up:
                path = [here]
                while path[-1] != cell:
                    path.append(came[path[-1]])
                yield path
            for other in sorted(self.touching(here), key=lambda o: -self.load[o]):
                if other not in came:
                    came[other] = here
                    waiting.append(other)

    def _along(self, path: list[int], floor: int, most: float) -> bool:
        """Let one face go at each step of a way; all is as before where that does not help."""
        before, owner = self.missing(floor, most), list(self.owner)
        need = floor - self.load[path[-1]]
        for giver, taker in pairwise(path):
            spare = self.load[giver] - floor if giver == path[0] else self.load[giver]
            least = min(need, max(1, spare))
            if not (self._give(giver, taker, spare, least) or self._give(giver, taker, spare)):
                break
        if self.missing(floor, most) < before:
            return True
        self._restore(owner)
        return False

    def _restore(self, owner: list[int]) -> None:
        for face, cell in enumerate(owner):
            if self.owner[face] != cell and cell >= 0:
                self.move({face}, cell)

    def shorten(self, low: float, high: float, rounds: int = 4) -> Iterator[None]:
        """Let faces go over where that makes the borders shorter, and leaves both cells within `low` … `high`."""
        for _ in range(rounds):
            changed = False
            for face, cell in enumerate(self.owner):
                if cell < 0:
                    continue
                along: dict[int, float] = {}
                for other, length in self.beside[face].items():
                    along[self.owner[other]] = along.get(self.owner[other], 0.0) + length
                best = max((other for other in along if other != cell), key=lambda other: (along[other], -other), default=cell)
                weight = self.weights[face]
                if best == cell or along[best] <= along.get(cell, 0.0):
                    continue
                if self.load[cell] - weight < low or self.load[best] + weight > high or len(self.with_what_hangs(face)) > 1:
                    continue
                if len(self.members[cell]) > 1:
                    self.move({face}, best)
                    changed = True
            yield None
            if not changed:
                return
