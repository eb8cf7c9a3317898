"""Reference layers are rows of the county: added, shown, put in order, and every step can be undone."""

from pathlib import Path

import pytest

from gis_app import bootstrap
from gis_app.county.changes import Changes, Refusal
from gis_app.county.county import County
from gis_app.county.reference_edits import (
    add_reference,
    fade_reference,
    move_reference,
    point_reference,
    remove_reference,
    rename_reference,
    set_reference_options,
    show_reference,
)
from gis_app.county.references import ReferenceKind, drawn_order, real_path, stored_path
from gis_app.county.state import Settings


@pytest.fixture
def county(tmp_path: Path) -> County:
    return bootstrap.create_county(tmp_path / "county.gpkg", Settings(name="县"))


def test_layers_are_added_changed_and_kept(county: County, tmp_path: Path) -> None:
    for name, kind in (("河流", ReferenceKind.VECTOR), ("底图", ReferenceKind.TILES), ("道路", ReferenceKind.VECTOR)):
        changes = county.perform(add_reference(name, kind, f"{name}.gpkg", crs="EPSG:4550"))
        assert isinstance(changes, Changes) and changes.touches("reference_layers")
    assert [r.name for r in drawn_order(county.state.references)] == ["底图", "河流", "道路"]  # rasters first
    county.perform(move_reference(3, -1))
    assert [r.name for r in drawn_order(county.state.references)] == ["底图", "道路", "河流"]
    county.perform(show_reference(1, False))
    county.perform(fade_reference(2, 0.4))
    county.perform(rename_reference(1, "嫩江"))
    county.perform(point_reference(1, "另一个.shp"))
    county.perform(set_reference_options(1, colour="water", crs=None))
    county.perform(remove_reference(3))
    before = county.state.references
    county.close()
    again = bootstrap.open_county(tmp_path / "county.gpkg")
    assert again.state.references == before
    river = again.state.references[1]
    assert (river.name, river.visible, river.source, river.option("colour"), river.option("crs")) == (
        "嫩江",
        False,
        "另一个.shp",
        "water",
        "",
    )
    assert again.state.references[2].opacity == 0.4
    again.close()


def test_every_step_is_undone(county: County) -> None:
    states = [county.state.references]
    for edit in (
        add_reference("a", ReferenceKind.PICTURE, "a.tif"),
        add_reference("b", ReferenceKind.PICTURE, "b.tif"),
        show_reference(1, False),
        move_reference(1, 1),
        remove_reference(2),
    ):
        assert isinstance(county.perform(edit), Changes)
        states.append(county.state.references)
    for wanted in reversed(states[:-1]):
        assert county.undo() is not None
        assert county.state.references == wanted
    county.close()


def test_what_cannot_be_is_refused(county: County) -> None:
    for edit, code in (
        (add_reference(" ", ReferenceKind.VECTOR, "a"), "no_name"),
        (add_reference("a", ReferenceKind.VECTOR, " "), "no_source"),
        (show_reference(7, True), "no_reference"),
        (fade_reference(7, 2.0), "opacity"),
        (remove_reference(7), "no_reference"),
        (move_reference(7, 1), "no_reference"),
        (rename_reference(7, ""), "no_name"),
        (set_reference_options(7, colour="#000000"), "no_reference"),
    ):
        refusal = county.perform(edit)
        assert isinstance(refusal, Refusal) and refusal.code == code
    county.close()


def test_paths_move_along_with_the_county(tmp_path: Path) -> None:
    folder = tmp_path / "office" / "counties"
    folder.mkdir(parents=True)
    for path, stored in ((folder / "maps" / "a.tif", "maps/a.tif"), (folder.parent / "scans" / "b.tif", "../scans/b.tif")):
        assert stored_path(path, folder) == stored
        assert real_path(stored, folder).resolve() == path.resolve()
    far = Path("/elsewhere/c.tif")
    assert stored_path(far, folder) == str(far) and real_path(str(far), folder) == far
    assert real_path("D:\\maps\\d.tif", folder) == Path("D:\\maps\\d.tif")
