"""A small synthetic county for the tests of the map."""

import pytest

from gis_app.county.state import CountyState
from gis_app.map.palette import LIGHT
from gis_app.map.scene import Scene, default_layers
from tests.map.synthetic import NOW, synthetic_state


@pytest.fixture(scope="session")
def state() -> CountyState:
    return synthetic_state(cells=90, villages=12, townships=3, households=4000, cases=900, bends=12)


@pytest.fixture
def plan(state: CountyState) -> Scene:
    return Scene(state, LIGHT, NOW, default_layers("plan"))


@pytest.fixture
def whistles(state: CountyState) -> Scene:
    return Scene(state, LIGHT, NOW, default_layers("cases"))
