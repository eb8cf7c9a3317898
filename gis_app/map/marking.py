"""How the open whistles of a scene are gathered into marks at a zoom."""

import numpy as np

from gis_app.cases.display import DONE
from gis_app.map.points import Clusters, cluster
from gis_app.map.scene import Scene
from gis_app.map.values import case_mask, case_states

CLUSTER_SIZE = 38.0
"""Squares whose open whistles are drawn as one mark, in logical pixels."""

CLUSTERS_FROM = 4.0
"""Metres per pixel from which whistles are drawn in clusters; nearer every one has its mark."""


def open_clusters(scene: Scene, resolution: float) -> Clusters:
    """Return the marks of the open whistles shown, at a resolution (units per pixel); positions are those of `state.cases`."""
    cases, states = scene.state.cases, case_states(scene)
    pending = np.flatnonzero(case_mask(scene) & np.isfinite(cases.x) & (states != DONE))
    return cluster(cases.x, cases.y, states, pending, CLUSTER_SIZE * resolution if resolution * scene.metres > CLUSTERS_FROM else 0.0)
