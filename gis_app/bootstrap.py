"""Wiring: a county on its storage."""

from contextlib import suppress
from pathlib import Path

from gis_app.county.changes import Refusal
from gis_app.county.county import County
from gis_app.county.state import Settings
from gis_app.errors import UserError
from gis_app.language import msg
from gis_app.progress import Steps
from gis_app.storage import geopackage


def create_county(path: Path | str, settings: Settings) -> County:
    """Make a new county file and open it; `UserError` where the name is taken or the place cannot be written."""
    return _opened(geopackage.create(path, settings))


def open_county(path: Path | str) -> County:
    """Open a county file; `UserError` says in one sentence why it cannot be."""
    return _opened(geopackage.open_store(path))


def is_county(path: Path | str) -> bool:
    """Tell whether there is a county file, without opening it."""
    return geopackage.is_county(path)


def _opened(store: geopackage.GeoPackageStore) -> County:
    try:
        return County(store)
    except BaseException:
        store.close()
        raise


class DemoError(UserError):
    """The demo county cannot be made there."""


def demo_path() -> Path:
    """Return where the demo county of this user is kept."""
    import platformdirs

    return Path(platformdirs.user_data_dir("gis_app", appauthor=False)) / "demo-county.gpkg"


def building_demo(path: Path, size: str = "county", seed: int = 1) -> Steps[None]:
    """Make a demo county file; it appears under its name only when it is whole. `UserError` where the name is taken."""
    from gis_app import demo

    if path.exists():
        raise DemoError(msg("{path} is there already. Choose another name, or delete it first.", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.building")
    for left_over in path.parent.glob(half.name + "*"):
        left_over.unlink()  # of a build that was killed
    settings, edit = demo.county(size, seed)
    county = create_county(half, settings)
    try:
        result = yield from county.performing(edit)
    except BaseException:
        county.close()
        half.unlink(missing_ok=True)
        raise
    county.close()
    if isinstance(result, Refusal):
        half.unlink(missing_ok=True)
        raise DemoError(result.reason)
    half.replace(path)
    for side_file in path.parent.glob(half.name + "*"):
        with suppress(OSError):
            side_file.unlink()
