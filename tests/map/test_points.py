import numpy as np
import pytest

from gis_app.map.points import cluster, seen, stamping


def test_points_without_coordinates_are_never_seen() -> None:
    x, y = np.array([1.0, np.nan, 5.0]), np.array([1.0, 1.0, 1.0])
    assert seen(x, y, (0, 0, 10, 10)).tolist() == [0, 2]
    assert seen(x, y, (0, 0, 10, 10), np.array([False, True, True])).tolist() == [2]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
@pytest.mark.parametrize("many", [1, 60_000])
def test_dots_cover_their_pixels_once(size: int, many: int) -> None:
    pixels = np.full((20, 30), 0xFFFFFFFF, np.uint32)
    for _ in stamping(pixels, np.full(many, 10.5), np.full(many, 5.5), "#000000", 0.5, size):
        pass
    assert pixels[5, 10] & 0xFF == pytest.approx(128, abs=2)
    changed = np.argwhere(pixels != 0xFFFFFFFF)
    assert len(changed) >= size and np.abs(changed - (5, 10)).max() <= max(size // 2, 1)


def test_dots_at_the_edge_stay_inside() -> None:
    pixels = np.full((4, 4), 0xFF000000, np.uint32)
    for _ in stamping(pixels, np.array([-1.0, 4.0, 0.0]), np.array([0.0, 4.0, -0.5]), "#FFFFFF", 1.0, 5):
        pass
    assert pixels[0, 0] & 0xFF > 0


def test_clusters_hold_every_point_once_and_show_the_worst() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1000, 500), rng.uniform(0, 1000, 500)
    state = rng.integers(0, 3, 500).astype(np.int8)
    which = np.flatnonzero(rng.uniform(size=500) < 0.7)
    groups = cluster(x, y, state, which, 100.0)
    assert sorted(groups.order.tolist()) == which.tolist()
    for i in range(len(groups.x)):
        members = groups.members(i)
        assert len(members) == groups.count[i]
        assert state[members[0]] == groups.worst[i] == state[members].min()
        assert groups.x[i] == pytest.approx(x[members].mean())
    assert (np.diff(-groups.worst) >= 0).all(), "the worst are drawn last"


def test_without_a_size_every_point_stands_alone() -> None:
    x = np.array([0.0, 0.0, 5.0])
    groups = cluster(x, x, np.array([2, 0, 1], np.int8), np.array([0, 1, 2]), 0.0)
    assert groups.count.tolist() == [1, 1, 1] and groups.order.tolist() == [0, 2, 1]


def test_no_points_make_no_clusters() -> None:
    groups = cluster(np.zeros(0), np.zeros(0), np.zeros(0, np.int8), np.zeros(0, np.int64), 10.0)
    assert len(groups.x) == 0
