"""The vertices of a cell as the rows of a table whose coordinates can be written anew."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gis_app.grid.coverage import OUTSIDE, Coverage
from gis_app.grid.edits.vertices import Vertex
from gis_app.language import msg, tr

Index = QModelIndex | QPersistentModelIndex
TITLES = (msg("No."), msg("X (east)"), msg("Y (north)"))
X, Y = 1, 2
SIGNS = {(False, False): "○", (True, False): "●", (False, True): "◎", (True, True): "◉"}
"""How a vertex is marked beside its number: whether it is a node, and whether it lies on the county's outer border."""


@dataclass(frozen=True, slots=True, eq=False)
class VertexRows:
    """The vertices of a cell in walking order: place (n, 2), which of which arc, the ring (from 1), and whether borders meet there."""

    places: NDArray[np.float64]
    vertices: tuple[Vertex, ...]
    ring: NDArray[np.int64]
    number: NDArray[np.int64]
    node: NDArray[np.bool_]
    outer: NDArray[np.bool_]


def vertex_rows(coverage: Coverage, cell: int) -> VertexRows:
    """Return the vertices of a cell, ring by ring, each once."""
    places, vertices, rings, numbers, nodes, outer = [], [], [], [], [], []
    for at, ring in enumerate((ring for part in coverage.cells.get(cell, ()) for ring in part), start=1):
        number = 0
        for signed in ring:
            arc = coverage.arcs[abs(signed)]
            last = len(arc.points) - 1
            for step in range(last):  # the last point is the first one of the next arc
                index = step if signed > 0 else last - step
                number += 1
                places.append(arc.points[index])
                vertices.append(Vertex(abs(signed), index))
                rings.append(at)
                numbers.append(number)
                nodes.append(step == 0 and len(ring) > 1)
                outer.append(OUTSIDE in (arc.left, arc.right))
    return VertexRows(
        np.array(places).reshape(-1, 2),
        tuple(vertices),
        np.array(rings, np.int64),
        np.array(numbers, np.int64),
        np.array(nodes, np.bool_),
        np.array(outer, np.bool_),
    )


class VertexModel(QAbstractTableModel):
    """Shows `VertexRows`; a coordinate that is written anew is told to `moved` (vertex, by how much in x and y)."""

    def __init__(self, rows: VertexRows, moved: Callable[[Vertex, tuple[float, float]], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows, self._moved = rows, moved

    def show_rows(self, rows: VertexRows) -> None:
        """Show other vertices."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(self.rows.vertices)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, D102
        return 0 if parent.isValid() else len(TITLES)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return str(TITLES[section])
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:  # noqa: D102
        usual = super().flags(index)
        return usual | Qt.ItemFlag.ItemIsEditable if index.column() in (X, Y) else usual

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: D102
        if not index.isValid():
            return None
        at, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return self._text(at, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole or (role == Qt.ItemDataRole.AccessibleTextRole and column < X):
            kind = kind_text(bool(self.rows.node[at]), bool(self.rows.outer[at]))
            return kind if role == Qt.ItemDataRole.ToolTipRole else f"{self._number(at)}, {kind}"
        return None

    def _text(self, at: int, column: int) -> str:
        rows = self.rows
        if column in (X, Y):
            return f"{rows.places[at, column - X]:.3f}"
        return f"{SIGNS[bool(rows.node[at]), bool(rows.outer[at])]} {self._number(at)}"

    def _number(self, at: int) -> str:
        rows = self.rows
        ring = f"{rows.ring[at]}-" if rows.ring[-1] > 1 else ""
        return f"{ring}{rows.number[at]}"

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Take a coordinate that was written: a number of metres, with or without grouping; anything else is not taken."""
        if role != Qt.ItemDataRole.EditRole or index.column() not in (X, Y):
            return False
        written = coordinate(str(value))
        if written is None:
            return False
        along = index.column() - X
        by = round(written - float(self.rows.places[index.row(), along]), 3)
        if by:
            self._moved(self.rows.vertices[index.row()], (0.0, by) if along else (by, 0.0))
        return True


def kind_text(node: bool, outer: bool) -> str:
    """Say what a vertex is."""
    kind = tr("node") if node else tr("vertex")
    return tr("{kind}, outer border", kind=kind) if outer else kind


def coordinate(text: str) -> float | None:
    """Return a written coordinate, None where it is no number."""
    try:
        value = float("".join(text.split()).replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None
