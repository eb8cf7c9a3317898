"""What leads from one coverage to another and back: for undoing without building a coverage anew, and without keeping whole ones."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gis_app.grid.coverage import Arc, Coverage, Part

V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Patch:
    """The nodes, arcs and cells of the other coverage that are not the same here; None for what it does not have."""

    nodes: Mapping[int, tuple[float, float] | None] = field(default_factory=dict)
    arcs: Mapping[int, Arc | None] = field(default_factory=dict)
    cells: Mapping[int, tuple[Part, ...] | None] = field(default_factory=dict)


def patch(one: Coverage, other: Coverage) -> Patch:
    """Return what makes `other` of `one` (about a millisecond for a county, of which an edit changed a little)."""
    if one is other:
        return Patch()
    return Patch(_differing(one.nodes, other.nodes), _differing(one.arcs, other.arcs), _differing(one.cells, other.cells))


def patched(coverage: Coverage, change: Patch) -> Coverage:
    """Return the other coverage of the one that the patch was made for."""
    if not (change.nodes or change.arcs or change.cells):
        return coverage
    return Coverage(_changed(coverage.nodes, change.nodes), _changed(coverage.arcs, change.arcs), _changed(coverage.cells, change.cells))


def _differing(one: Mapping[int, Any], other: Mapping[int, Any]) -> dict[int, Any]:
    found = {key: value for key, value in other.items() if (known := one.get(key)) is not value and known != value}
    found.update(dict.fromkeys(one.keys() - other.keys()))
    return found


def _changed(values: Mapping[int, V], change: Mapping[int, V | None]) -> dict[int, V]:
    result = dict(values)
    for key, value in change.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = value
    return result


class Trail:
    """The patches around the edits of this session in one history, aligned with it from its present place."""

    def __init__(self) -> None:
        self._behind: list[tuple[Patch, Patch]] = []
        self._ahead: list[tuple[Patch, Patch]] = []

    def went(self, before: Coverage, after: Coverage) -> None:
        """Note a new edit; what was undone cannot be made again."""
        self._behind.append((patch(after, before), patch(before, after)))
        self._ahead.clear()

    def forget(self) -> None:
        """Note that what was undone cannot be made again."""
        self._ahead.clear()

    def back(self, coverage: Coverage) -> Coverage | None:
        """Return the coverage before the newest edit, which is undone; None where the edit is one of an earlier session."""
        if not self._behind:
            return None
        self._ahead.append(self._behind.pop())
        return patched(coverage, self._ahead[-1][0])

    def forth(self, coverage: Coverage) -> Coverage | None:
        """Return the coverage after the edit that is made again now; None where that is not known."""
        if not self._ahead:
            return None
        self._behind.append(self._ahead.pop())
        return patched(coverage, self._behind[-1][1])

    def lost(self, before: Coverage, after: Coverage, steps: int, *, back: bool) -> None:
        """Note that some steps, not all of which were known, led to a coverage that was built anew: older patches fit it no longer."""
        if steps > 1:
            self._behind.clear()
            self._ahead.clear()
        elif back:
            self._ahead.append((patch(before, after), patch(after, before)))
        else:
            self._behind.append((patch(after, before), patch(before, after)))
