"""What tests of edits share: a small demo county of their own, where a module has no other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gis_app import bootstrap
from gis_app.county.county import County
from gis_app.progress import finish


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    """Return the small demo county, open, in a file of its own."""
    path = tmp_path / "county.gpkg"
    finish(bootstrap.building_demo(path, "small"))
    opened = bootstrap.open_county(path)
    yield opened
    opened.close()
