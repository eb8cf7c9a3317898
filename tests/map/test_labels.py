import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gis_app.map.labels import place

boxes = st.lists(st.tuples(st.floats(-500, 500), st.floats(-500, 500), st.floats(5, 120), st.floats(10, 20)), min_size=1, max_size=60)


@given(boxes)
def test_names_never_lie_on_one_another(found: list[tuple[float, float, float, float]]) -> None:
    x, y, widths, heights = np.array(found).T
    chosen, moved = place(x, y, widths, heights)
    assert chosen[0] == 0 and moved[0] == 0, "the most important name stands, where it belongs"
    placed = [(x[i], y[i] + shift, widths[i], heights[i]) for i, shift in zip(chosen.tolist(), moved.tolist(), strict=True)]
    for i, one in enumerate(placed):
        for other in placed[:i]:
            apart = abs(one[0] - other[0]) >= (one[2] + other[2]) / 2 or abs(one[1] - other[1]) >= (one[3] + other[3]) / 2
            assert apart


def test_marks_are_kept_free_unless_a_name_must_stand() -> None:
    at, size = np.array([0.0]), np.array([20.0])
    wall = np.array([[0.0, float(y), 30.0] for y in range(-200, 201, 40)])
    assert len(place(at, at, size, size, marks=wall)[0]) == 0
    assert len(place(at, at, size, size, marks=wall, must=np.array([True]))[0]) == 1
    chosen, moved = place(at, at, size, size / 2, marks=np.array([[0.0, 0.0, 4.0]]))
    assert len(chosen) == 1 and moved[0] != 0
