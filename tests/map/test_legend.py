from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_app import language
from gis_app.cases.display import display_states
from gis_app.county.limits import hours_of
from gis_app.map.colours import ramp
from gis_app.map.legend import Symbol, class_texts, classify, legend, natural_breaks
from gis_app.map.palette import DARK, LIGHT
from gis_app.map.scene import CaseStyle, Figure, LayerKind, Scene


def test_households_are_cut_at_the_floor(plan: Scene) -> None:
    classes = classify(plan)
    assert classes.breaks == (40, 50, 60, 80)
    counts = np.bincount(plan.state.households.cell, minlength=int(classes.ids.max()) + 1)[classes.ids]
    assert classes.values.tolist() == counts.tolist()
    assert classes.counts == (
        (counts < 40).sum(),
        ((counts >= 40) & (counts < 50)).sum(),
        ((counts >= 50) & (counts < 60)).sum(),
        ((counts >= 60) & (counts < 80)).sum(),
        (counts >= 80).sum(),
    )


def test_the_floor_is_a_setting(plan: Scene) -> None:
    state = replace(plan.state, settings=replace(plan.state.settings, rural_floor=30))
    assert classify(replace(plan, state=state)).breaks[1] == 30


def test_class_texts_say_what_lies_below_the_floor(plan: Scene) -> None:
    texts = [str(text) for text in class_texts(classify(plan), 50)]
    assert texts == ["fewer than 40", "40 – 49 (below the floor)", "50 – 59", "60 – 79", "80 and more"]
    language.use("zh_CN")
    assert [str(t) for t in class_texts(classify(plan), 50)] == ["少于 40", "40 – 49（低于下限）", "50 – 59", "60 – 79", "80 及以上"]


@pytest.mark.parametrize("figure", list(Figure))
def test_every_figure_has_a_class_for_every_cell(plan: Scene, figure: Figure) -> None:
    scene = plan.with_layer(LayerKind.CELLS, figure=figure)
    classes = classify(scene)
    assert len(classes.of) == len(plan.state.coverage.cells)
    if figure == Figure.NONE:
        assert classes.colours == () and (classes.of == -1).all()
        return
    assert sum(classes.counts) == len(classes.of)
    assert list(classes.breaks) == sorted(set(classes.breaks))
    assert len(class_texts(classes)) == len(classes.colours) == len(classes.breaks) + 1
    for value, of in zip(classes.values.tolist(), classes.of.tolist(), strict=True):
        assert of == 0 or value >= classes.breaks[of - 1]
        assert of == len(classes.breaks) or value < classes.breaks[of]


def test_cells_far_above_the_floor_get_classes_of_their_own(plan: Scene) -> None:
    state = replace(plan.state, settings=replace(plan.state.settings, rural_floor=5))
    classes = classify(replace(plan, state=state))
    assert classes.breaks[:2] == (4, 5)
    assert max(classes.counts) < 0.8 * len(classes.of)


@pytest.mark.parametrize(
    "values",
    [
        [1, 1, 1, 1, 1, 2, 2, 2, 3, 4],  # mapclassify's JenksCaspall never ends on these
        [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 5],
        [1] * 21 + [2] * 9 + [5],
    ],
)
def test_natural_breaks_of_many_equal_values_are_found(values: list[int]) -> None:
    breaks = natural_breaks(np.array(values, np.float64), 4, whole=True)
    assert list(breaks) == sorted(set(breaks))
    assert 1 < breaks[0] <= breaks[-1] <= max(values)


@given(st.lists(st.integers(0, 6), min_size=1, max_size=400), st.integers(2, 6))
def test_natural_breaks_ascend_within_the_values(values: list[int], classes: int) -> None:
    breaks = natural_breaks(np.array(values, np.float64), classes)
    assert len(breaks) < max(classes, 2)
    assert list(breaks) == sorted(set(breaks))
    assert all(min(values) < b <= max(values) for b in breaks)


def test_natural_breaks_of_one_value_are_none() -> None:
    assert natural_breaks(np.full(10, 3.0), 5) == ()


def test_whistles_are_counted_by_state_and_by_what_the_filter_leaves(whistles: Scene) -> None:
    cases = whistles.state.cases
    states = display_states(cases, whistles.now, hours_of(whistles.state))
    entries = [e for e in legend(whistles) if e.layer == LayerKind.CASES]
    assert [e.count for e in entries] == np.bincount(states, minlength=4).tolist()
    assert [e.symbol for e in entries] == [Symbol.TRIANGLE, Symbol.DIAMOND, Symbol.CIRCLE, Symbol.DOT]
    few = replace(whistles, cases=np.arange(len(cases)) < 100)
    assert sum(e.count or 0 for e in legend(few) if e.layer == LayerKind.CASES) == 100


def test_the_legend_lists_what_is_visible(whistles: Scene) -> None:
    scene = whistles.with_layer(LayerKind.CASES, style=CaseStyle.CATEGORY).with_layer(LayerKind.DENSITY, visible=False)
    kinds = {e.layer for e in legend(scene)}
    assert LayerKind.CASES in kinds and LayerKind.DENSITY not in kinds and LayerKind.HOUSEHOLDS not in kinds
    assert [str(e.text) for e in legend(scene)][:3] == ["违法建设", "环境卫生", "民生求助"]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("count", range(1, 9))
def test_ramps_have_different_colours(palette: object, count: int) -> None:
    colours = ramp(palette, count)  # type: ignore[arg-type]
    assert len(set(colours)) == count
