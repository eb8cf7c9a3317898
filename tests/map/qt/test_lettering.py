"""Halos of names."""

import numpy as np

from gis_app.map.qt.lettering import spread


def test_a_halo_reaches_as_far_as_its_radius() -> None:
    cover = np.zeros((11, 15))
    cover[5, 7] = 1.0
    halo = spread(cover, 2.0)
    rows, columns = np.indices(cover.shape)
    distance = np.hypot(rows - 5, columns - 7)
    assert halo.shape == cover.shape
    assert (halo[distance <= 1.5] == 1).all() and (halo[distance >= 2.5] == 0).all()
    assert (halo[::-1] == halo).all() and (halo[:, ::-1] == halo).all()


def test_faint_pixels_have_a_faint_halo_and_edges_are_kept() -> None:
    cover = np.zeros((4, 4))
    cover[0, 0] = 0.5
    halo = spread(cover, 1.0)
    assert halo[0, 0] == 0.5 == halo.max() and halo[3, 3] == 0
