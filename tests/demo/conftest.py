"""One small and one whole demo county for all tests of this room: they are only read."""

from collections.abc import Iterator

import pytest

from gis_app import bootstrap, demo
from gis_app.county.changes import Changes
from gis_app.county.county import County


@pytest.fixture(scope="session", params=["small", "county"])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[County]:
    """A demo county in a real file, built through the one door and opened again."""
    path = tmp_path_factory.mktemp("demo") / f"{request.param}.gpkg"
    settings, edit = demo.county(request.param)
    built = bootstrap.create_county(path, settings)
    assert isinstance(built.perform(edit), Changes)
    built.close()
    opened = bootstrap.open_county(path)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def size(county: County) -> str:
    """The size of the county at hand."""
    return str(county.state.settings.metadata["demo"])
