"""The county centre looks back on two years: the published figures, and the three places where whistles pile up."""

from collections.abc import Iterator

import numpy as np
import pytest

from gis_app import bootstrap, demo
from gis_app.cases.hotspots import Measure, counts_per_cell, density, gi_star, hotspots, suggested_bandwidth
from gis_app.cases.life_cycle import fold_columns, not_allowed
from gis_app.cases.statistics import breakdown, figures, months, units_of
from gis_app.county.state import CountyState
from gis_app.grid.coverage import extent, neighbours
from gis_app.grid.units import Level


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[CountyState, dict[str, np.ndarray]]]:
    settings, edit = demo.county("county")
    county = bootstrap.create_county(tmp_path_factory.mktemp("hotspots") / "county.gpkg", settings)
    county.perform(edit)
    yield county.state, dict(county.store.rows("events"))
    county.close()


@pytest.fixture
def state(built: tuple[CountyState, dict[str, np.ndarray]]) -> CountyState:
    return built[0]


def test_the_published_figures(state: CountyState) -> None:
    """To 28 April 2020: 183 received, 155 reasonable, 131 completed, 84.5 %."""
    period = next(period for period in state.periods.values() if "2020-04-28" in period.name)
    found = figures(state.cases, period.start, period.end)
    assert (found.received, found.reasonable, found.completed) == (183, 155, 131)
    assert found.completion_rate == pytest.approx(0.845, abs=0.0005)


def test_parts_add_up_to_the_county(state: CountyState) -> None:
    cases = state.cases
    whole = figures(cases)
    for keys in (cases.body, cases.category, cases.kind, cases.state, months(cases.blown), units_of(cases, state.units, Level.TOWNSHIP)):
        rows = breakdown(cases, keys)
        assert sum(row.figures.received for row in rows) == whole.received == len(cases)
        assert sum(row.figures.completed for row in rows) == whole.completed


def test_what_is_stored_is_what_the_events_say(built: tuple[CountyState, dict[str, np.ndarray]]) -> None:
    state, events = built
    folded = fold_columns(events)
    order = np.argsort(state.cases.id)
    assert (folded.case == state.cases.id[order]).all()
    for name in ("state", "body", "blown", "arrived", "picked_up", "done", "deadline", "urged"):
        stored, told = getattr(state.cases, name)[order], getattr(folded, name)
        assert np.array_equal(stored, told, equal_nan=stored.dtype.kind == "M"), name
    assert not_allowed(events).sum() < len(state.cases) / 1000


def test_the_three_planted_hotspots_are_found(state: CountyState) -> None:
    """By household the program finds each, with few cells too many; by count alone it finds the town."""
    planted = {state.units.by_code(str(code), Level.CELL).id for code in state.settings.metadata["planted_hotspots"]}  # type: ignore
    cells = np.array(sorted(state.coverage.cells))
    near = neighbours(state.coverage)
    counts, homes = counts_per_cell(cells, state.cases.cell), counts_per_cell(cells, state.households.cell)
    spots = hotspots(gi_star(cells, counts, near, homes), near)
    found = [set(spot.cells) for spot in spots]
    assert len(set.union(*found[:3]) & planted) >= 0.9 * len(planted)
    assert all(group & planted for group in found[:3])
    assert len(set.union(*found) - planted) <= 8
    by_count = hotspots(gi_star(cells, counts, near, homes, measure=Measure.COUNT), near)
    assert len({cell for spot in by_count for cell in spot.cells} - planted) > 8


def test_the_surface_holds_every_whistle_with_a_place(state: CountyState) -> None:
    cases = state.cases
    surface = density(cases.x, cases.y, extent(state.coverage), 250, suggested_bandwidth(cases.x, cases.y))
    assert surface.values.sum() * 0.25**2 == pytest.approx(np.isfinite(cases.x).sum(), rel=0.02)
