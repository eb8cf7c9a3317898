"""The reference layers that borders may follow: roads and rivers as lines, rivers as areas, borders of other grids; never buildings."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import CancelledError
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_app.county.references import Reference, ReferenceKind, drawn_order
from gis_app.errors import UserError
from gis_app.map.reference.shelf import Shelf
from gis_app.map.reference.style import is_building
from gis_app.map.reference.vectors import VectorLayer

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """A layer that borders may follow. `key` tells it from others of the county; `usual`: it is followed where nobody chose otherwise."""

    key: str
    name: str
    layer: VectorLayer
    usual: bool


def guides(shelf: Shelf, references: Mapping[int, Reference]) -> tuple[Guide, ...]:
    """Open the layers of a county that have lines or areas, hidden ones too, and return them in the order of the list of layers.

    Layers of lines are usual, those of areas are not; buildings and points are left out, and what cannot be opened (the list of layers says
    why). To be called beside the window: it waits for files.
    """
    found: list[Guide] = []
    for reference in reversed(drawn_order(references)):
        if reference.kind == ReferenceKind.VECTOR and not is_building(reference):  # many buildings are not read for nothing
            with suppress(UserError, CancelledError):
                layer = shelf.open(reference)
                if isinstance(layer, VectorLayer) and not is_building(reference, layer):
                    found.append(Guide(str(reference.id), reference.name, layer, _has_lines(layer)))
    found += [Guide(f"grid {layer.name}", layer.name, layer, _has_lines(layer)) for layer in shelf.added]
    return tuple(one for one in found if bool((one.layer.dimensions > 0).any()))


def _has_lines(layer: VectorLayer) -> bool:
    return bool((layer.dimensions == 1).any())


def followed(known: Iterable[Guide], chosen: Mapping[str, bool]) -> tuple[Guide, ...]:
    """Return the layers that are followed: as somebody chose (key → whether), the usual ones where nobody did."""
    return tuple(one for one in known if chosen.get(one.key, one.usual))


def lines_of(layers: Collection[Guide]) -> tuple[Floats, ...]:
    """Return the lines of layers, and the rings of their areas, each (n, 2) in county coordinates."""
    return tuple(line for one in layers for line in one.layer.lines() if len(line) > 1)
