"""What a map shows: layers over one county state. Immutable; a canvas or a page draws it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from gis_app.county.state import CountyState
from gis_app.grid.datum import metres_per_unit
from gis_app.map.flows import FlowMap
from gis_app.map.palette import Palette
from gis_app.map.reference.shelf import Shelf


class LayerKind(StrEnum):
    """The layers of a county map, from the ground up in their usual order."""

    CELLS = "cells"  # fills: a figure per cell, classified
    HOTSPOT_CELLS = "hotspot_cells"  # Gi* per cell
    DENSITY = "density"  # surface of whistles
    CELL_BORDERS = "cell_borders"
    VILLAGE_BORDERS = "village_borders"
    TOWNSHIP_BORDERS = "township_borders"
    HOUSEHOLDS = "households"
    CASES = "cases"
    FLOWS = "flows"  # hand-overs between bodies
    LABELS = "labels"


class Figure(StrEnum):
    """What the fill of a cell can show."""

    NONE = "none"
    HOUSEHOLDS = "households"
    LOAD = "load"  # households / floor of its kind
    OPEN_CASES = "open_cases"
    CASES = "cases"
    AREA = "area"
    DENSITY = "density"  # households per km²
    COMPACTNESS = "compactness"  # Polsby-Popper
    WORKLOAD = "workload"  # of whoever looks after the cell, in households


class CaseStyle(StrEnum):
    """How whistle points are coloured."""

    STATE = "state"
    CATEGORY = "category"


class DisplayState(StrEnum):
    """The four states that a map tells apart by shape and colour."""

    OVERDUE = "overdue"
    WAITING = "waiting"
    IN_PROGRESS = "in_progress"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Layer:
    """One layer: shown or not, how opaque (0 to 1), and its options (`figure` of CELLS, `style` of CASES)."""

    kind: LayerKind
    visible: bool = True
    opacity: float = 1.0
    figure: Figure = Figure.HOUSEHOLDS
    style: CaseStyle = CaseStyle.STATE


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A county state and the layers over it, bottom first.

    `cases` is a mask over `state.cases` (None: all) and `households` over `state.households`; `now` decides what is overdue. `shelf` opens
    the reference layers of the county; without one they are not drawn. `flows` are what the layer FLOWS shows, of the same whistles.
    `unnamed` are units whose names are not written: something else stands there.
    """

    state: CountyState
    palette: Palette
    now: datetime
    layers: tuple[Layer, ...]
    cases: NDArray[np.bool_] | None = None
    households: NDArray[np.bool_] | None = None
    shelf: Shelf | None = None
    flows: FlowMap | None = None
    unnamed: frozenset[int] = frozenset()

    def layer(self, kind: LayerKind) -> Layer | None:
        """Return the layer of a kind, or None where the scene has none."""
        return next((layer for layer in self.layers if layer.kind == kind), None)

    @property
    def metres(self) -> float:
        """Return how many metres one unit of the county's coordinates is; a resolution times this is metres per pixel."""
        return metres_per_unit(self.state.settings.crs)

    def with_layer(self, kind: LayerKind, **options: object) -> "Scene":
        """Return the scene with some options of one layer changed."""
        layers = tuple(replace(layer, **options) if layer.kind == kind else layer for layer in self.layers)  # type: ignore[arg-type]
        return replace(self, layers=layers)


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """What is selected, by table: ids of units, households, workers, cases. The same in map, table and inspector."""

    ids: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MapHit:
    """What lies under the pointer: a row of "units" (a cell), "households" or "cases", and the point in county coordinates."""

    table: str
    id: int
    x: float
    y: float
    members: tuple[int, ...] = ()  # of a cluster of whistles: all of them, worst state first (`id` is the first)


def default_layers(workspace: str) -> tuple[Layer, ...]:
    """Return the layers that a workspace ("plan" or "cases") begins with, bottom first."""
    plan = workspace != "cases"
    return (
        Layer(LayerKind.CELLS, figure=Figure.HOUSEHOLDS if plan else Figure.NONE),
        Layer(LayerKind.HOTSPOT_CELLS, visible=not plan, opacity=0.6),
        Layer(LayerKind.DENSITY, visible=not plan),
        Layer(LayerKind.CELL_BORDERS),
        Layer(LayerKind.VILLAGE_BORDERS),
        Layer(LayerKind.TOWNSHIP_BORDERS),
        Layer(LayerKind.HOUSEHOLDS, visible=plan),
        Layer(LayerKind.CASES, visible=not plan),
        *(() if plan else (Layer(LayerKind.FLOWS, visible=False),)),
        Layer(LayerKind.LABELS),
    )
