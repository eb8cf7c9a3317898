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


def building_references(county: County, path: Path, seed: int = 1) -> Steps[dict[str, int]]:
    """Write rivers, roads and buildings that fit a demo county, and add them to it; returns how many features each layer has.

    `UserError` where the name is taken.
    """
    from gis_app.county.reference_edits import add_references
    from gis_app.county.references import Reference, ReferenceKind, stored_path
    from gis_app.demo.references import write_references

    if path.exists():
        raise DemoError(msg("{path} is there already. Choose another name, or delete it first.", path=path))
    if path.suffix.lower() != ".gpkg":
        raise DemoError(msg("{path} has another ending: reference layers are written as .gpkg.", path=path))
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.stem}.building.gpkg")
    half.unlink(missing_ok=True)
    try:
        written = yield from write_references(county.state, half, seed)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    source = stored_path(path, Path(county.store.name).parent)
    names = {"rivers": "河流", "roads": "道路", "buildings": "建筑物"}
    layers = [
        Reference(0, names[layer], ReferenceKind.VECTOR, source, visible=layer != "buildings", options={"layer": layer})
        for layer in reversed(written)
    ]
    county.perform(add_references(layers))
    return written


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
