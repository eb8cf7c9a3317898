"""What follows an edit is what would be made from scratch."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_app.county.state import CountyState
from gis_app.grid.difference import difference
from gis_app.map.labels import Anchors, preparing_anchors
from gis_app.map.network import CELL, OUTER, TOWNSHIP, VILLAGE, Detail, Network, Recipes, preparing_network
from gis_app.map.patching import Patch, _spliced, patched
from tests.map.synthetic import synthetic_state
from tests.map.walk import walk

STATE = synthetic_state(cells=60, villages=9, townships=3, households=600, cases=100, bends=8)


def made(state: CountyState) -> Network:
    return [step for step in preparing_network(state.coverage, state.units) if step is not None][-1]


def named(network: Network, state: CountyState, patch: Patch | None = None, known: Anchors | None = None) -> Anchors:
    before = (known, patch.cells) if patch is not None and known is not None else None
    return [step for step in preparing_anchors(network, state.units, before) if step is not None][-1]


def lines_of(network: Network, recipes: Recipes) -> list[tuple[tuple[float, float], ...]]:
    """Return the lines of recipes in an order of their own, each the way that begins with its lesser end."""
    xy, ends = Detail(network, 0.0).vertices(recipes, np.arange(len(recipes)))
    found = []
    for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        line = [tuple(point) for point in xy[first:last].tolist()]
        if line[0] == line[-1]:  # closed: it may begin anywhere
            line = sorted(line[:-1])
        found.append(tuple(min(line, line[::-1])))
    return sorted(found)


def assert_same(one: Network, other: Network) -> None:
    for name in ("arc_ids", "xy", "offsets", "start", "end", "left", "right", "rank", "cell_ids"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.extent == other.extent
    for recipes, expected in ((one.cells, other.cells), (one.borders, other.borders)):
        for name in ("arc", "direction", "single", "offsets"):
            assert np.array_equal(getattr(recipes, name), getattr(expected, name)), name
        assert np.array_equal(recipes.bounds, expected.bounds, equal_nan=True)
    for rank in (OUTER, TOWNSHIP, VILLAGE, CELL):
        assert lines_of(one, one.lines[rank]) == lines_of(other, other.lines[rank])


@given(st.lists(st.integers(-1, 5), max_size=12))
def test_blocks_are_taken_one_by_one_or_in_runs_alike(source: list[int]) -> None:
    values, offsets = np.arange(21), np.array([0, 1, 3, 6, 10, 15, 21])
    new = [np.full(at % 3 + 1, 100 + at) for at, one in enumerate(source) if one < 0]
    waiting = iter(new)
    blocks = [next(waiting) if one < 0 else values[offsets[one] : offsets[one + 1]] for one in source]
    found, ends = _spliced(values, offsets, np.array(source, np.int64), new)
    assert found.tolist() == [value for block in blocks for value in block.tolist()]
    assert ends.tolist() == np.cumsum([0, *(len(block) for block in blocks)]).tolist()


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_a_patched_network_is_the_one_made_from_scratch(seed: int) -> None:
    state, network = STATE, made(STATE)
    for following in walk(state, seed, 12):
        changed = difference(state.coverage, following.coverage)
        patch = patched(network, following.coverage, following.units, changed)
        assert_same(patch.network, made(following))
        for old, new, source in patch.recipes():
            kept = np.flatnonzero(source >= 0)
            xy, ends = Detail(patch.network, 0.0).vertices(new, kept)
            known, known_ends = Detail(network, 0.0).vertices(old, source[kept])
            assert np.array_equal(ends, known_ends) and np.array_equal(xy, known), "what is taken over looks the same"
        state, network = following, patch.network


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_details_and_names_follow_as_if_made_from_scratch(seed: int) -> None:
    state, network = STATE, made(STATE)
    detail, anchors = Detail(network, 64.0), named(network, STATE)
    detail.vertices(network.cells, np.arange(len(network.cells)))
    for following in walk(state, seed, 8):
        patch = patched(network, following.coverage, following.units, difference(state.coverage, following.coverage))
        detail = detail.followed(patch.network, patch.arcs)
        every = np.arange(len(patch.network.cells))
        xy, ends = detail.vertices(patch.network.cells, every)
        expected, expected_ends = Detail(patch.network, 64.0).vertices(patch.network.cells, every)
        assert np.array_equal(ends, expected_ends) and np.array_equal(xy, expected)
        anchors, anew = named(patch.network, following, patch, anchors), named(patch.network, following)
        assert anchors.texts == anew.texts and np.array_equal(anchors.units, anew.units)
        assert anchors.x == pytest.approx(anew.x) and anchors.side == pytest.approx(anew.side)
        state, network = following, patch.network


def test_other_units_alone_change_ranks() -> None:
    from dataclasses import replace

    from gis_app.grid.units import Hierarchy

    network = made(STATE)
    cell = next(unit for unit in STATE.units.values() if unit.id in STATE.coverage.cells)
    other = next(unit.parent for unit in STATE.units.values() if unit.id in STATE.coverage.cells and unit.parent != cell.parent)
    units = Hierarchy([replace(unit, parent=other) if unit.id == cell.id else unit for unit in STATE.units.values()])
    patch = patched(network, STATE.coverage, units, difference(STATE.coverage, STATE.coverage))
    assert_same(patch.network, made(replace(STATE, units=units)))
    assert (patch.cells >= 0).all() and (patch.arcs >= 0).all()
