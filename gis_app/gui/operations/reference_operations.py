"""What brings reference layers to the map."""

from __future__ import annotations

from gis_app.gui import reference_work
from gis_app.gui.operations.operation import Operation, county, idle
from gis_app.language import msg


def reference_operations() -> tuple[Operation, ...]:
    """Return what adds reference layers."""
    plan = ("plan",)
    return (
        Operation(
            "add_reference",
            msg("Add a reference layer"),
            "layers",
            reference_work.ask_file,
            why_not=idle,
            short=msg("Reference"),
            more=plan,
        ),
        Operation("add_tiles", msg("Add a folder of tiles"), "layers", reference_work.ask_folder, why_not=idle),
        Operation("tile_servers", msg("Tile servers"), "download", reference_work.show_servers, why_not=county),
    )
