"""Wiring: a county on its storage."""

from pathlib import Path

from gis_app.county.county import County
from gis_app.county.state import Settings
from gis_app.storage import geopackage


def create_county(path: Path | str, settings: Settings) -> County:
    """Make a new county file and open it; `UserError` where the name is taken or the place cannot be written."""
    return _opened(geopackage.create(path, settings))


def open_county(path: Path | str) -> County:
    """Open a county file; `UserError` says in one sentence why it cannot be."""
    return _opened(geopackage.open_store(path))


def _opened(store: geopackage.GeoPackageStore) -> County:
    try:
        return County(store)
    except BaseException:
        store.close()
        raise
