"""Reshape a border: it follows a drawn line from where the line leaves it to where the line comes back."""

import numpy as np
from numpy.typing import NDArray

from gis_app.county.boundary_edits import reshape_border
from gis_app.map.tools.drawing import drawing
from gis_app.map.tools.events import MapView, Tool

Floats = NDArray[np.float64]


def reshape(view: MapView) -> Tool:
    """Draw from one place of a border to another; both sides change."""

    def changed(line: Floats | None) -> None:
        view.propose(reshape_border(line) if line is not None else None)

    yield from drawing(view, changed=changed, finished=lambda line: view.commit(reshape_border(line)))
