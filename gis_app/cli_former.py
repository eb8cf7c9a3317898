"""`gis-app crosswalk`, `gis-app import former` and `gis-app former COUNTY …`: networks of other offices without a window."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, PROBLEMS, Command, Refused, json_option, lang_option, listed, opened_county, perform, run, say, target
from gis_app.language import format_code, format_number, msg, tr

if TYPE_CHECKING:
    from gis_app.county.county import County
    from gis_app.county.former import Sides, WentTo
    from gis_app.files.former import FormerOptions
    from gis_app.grid.former import FormerGrid, FormerUnit, FormerUnits
    from gis_app.grid.issues import Issue

FIELDS = ("code", "name", "contact", "phone", "remark")
"""What `--map` knows, as `files.mapping.FIELDS` says it: help must not load that room."""

MOST = 20


def add_former(root: click.Group) -> None:
    """Add the command `crosswalk` and the group `former`, and `former` to the group `import`."""
    _add_crosswalk(root)

    @root.group("former", help=tr("Work on former grids: the networks of other offices that were loaded into a county."))
    @click.argument("county")
    @click.pass_context
    def former(context: click.Context, county: str) -> None:
        context.obj = county

    for add in (_add_list, _add_overlay, _add_find, _add_remove):
        add(former)


def reading_options(command: Command) -> Command:
    """Add the options that say how the map file of a network is read."""
    for option in (
        click.option("--layer", help=tr("Layer of a file that has several.")),
        click.option(
            "--crs",
            help=tr("Coordinate system of the file (as EPSG:4326, gcj02, bd09), where it does not say so itself or says it wrongly."),
        ),
        click.option("--encoding", help=tr("Encoding of its texts, where it is not recognised.")),
        click.option(
            "--map",
            "pairs",
            multiple=True,
            metavar="FIELD=COL",
            help=tr("Which column holds a field; may be repeated. Fields: {fields}.", fields=", ".join(FIELDS)),
        ),
        click.option("--office", default="", help=tr("Whose grid it was, for example 公安局.")),
    ):
        command = option(command)
    return command


def options_of(name: str, office: str, pairs: Sequence[str], **reading: Any) -> "FormerOptions":
    """Return how a network is read, of the options of a command."""
    from gis_app.files.former import FormerOptions

    mapping = {}
    for pair in pairs:
        field, equals, column = pair.partition("=")
        if not (field and equals and column):
            raise Refused(msg("--map {pair}: write it as FIELD=COLUMN, for example --map name=警务区名称.", pair=pair))
        mapping[field.strip()] = column.strip()
    return FormerOptions(name, office, mapping, **reading)


def _add_crosswalk(root: click.Group) -> None:
    @root.command(help=tr("Write to which cells the units of another office's grid went, by land and households (.xlsx, .csv)."))
    @click.argument("county")
    @click.argument("old", metavar="OLD.gpkg")
    @click.argument("out", metavar="OUT.xlsx")
    @reading_options
    @click.option("--keep", metavar="NAME", help=tr("Also load the grid into the county, under this name."))
    @lang_option
    @json_option
    def crosswalk(
        county: str,
        old: str,
        out: str,
        keep: str | None,
        office: str,
        pairs: tuple[str, ...],
        lang: str | None,
        as_json: bool,
        **reading: Any,
    ) -> int:
        options, path = options_of(keep or "", office, pairs, **reading), target(out)
        with opened_county(county) as opened:
            report = _kept(opened, Path(old), options, path, as_json) if keep else _crossed(opened, Path(old), options, path, as_json)
        say(report, as_json, _lines(report))
        return PROBLEMS if report["rejected"] else DONE


def _crossed(county: "County", old: Path, options: "FormerOptions", out: Path, hidden: bool) -> dict[str, Any]:
    """Write the crosswalk of a file that the county does not keep."""
    from gis_app.county.former import crosswalk, errors_of
    from gis_app.files.former import reading_grid, write_former_crosswalk
    from gis_app.grid.datum import metres_per_unit

    state = county.state
    if not state.coverage.cells:
        raise Refused(msg("This county has no cells yet; import boundaries first."))
    read = run(reading_grid(old, options, state), hidden)
    issues = run(errors_of(read.units, metres_per_unit(state.settings.crs)), hidden)
    went = run(crosswalk(state, read.units), hidden)
    run(write_former_crosswalk(state, {0: read.grid.name}, read.units, went, out), hidden)
    rejected = [{"row": rejection.row, "problem": str(rejection.problem)} for rejection in read.rejected]
    return _report(read.units, went, issues, rejected, [str(note) for note in read.notes], out)


def _kept(county: "County", old: Path, options: "FormerOptions", out: Path, hidden: bool) -> dict[str, Any]:
    """Load the file into the county and write the crosswalk that it got."""
    from gis_app.county.former import former_units, went_to
    from gis_app.files.former import former_edit, write_former_crosswalk

    report: Any = perform(county, former_edit([old], options), hidden).report
    grid = max(county.state.former_grids.values(), key=lambda known: known.id)
    units = former_units(county.store, grid.id)
    went = went_to(county.store, units.id.tolist())
    run(write_former_crosswalk(county.state, {grid.id: grid.name}, units, went, out), hidden)
    found = report.as_json()
    return {**_report(units, went, report.issues, found["rejected"], found["notes"], out), "grid": grid.id, "name": grid.name}


def _report(
    units: "FormerUnits", went: "Sequence[WentTo]", issues: "Sequence[Issue]", rejected: list[Any], notes: list[str], out: Path
) -> dict[str, Any]:
    taken: dict[int, float] = {}
    for row in went:
        if row.cell:
            taken[row.unit] = max(taken.get(row.unit, 0.0), row.area_share)
    return {
        "units": len(units),
        "pairs": len(went),
        "whole": sum(share > 0.99 for share in taken.values()),
        "nowhere": len(units) - len(taken),
        "errors": [{"kind": str(issue.kind), "message": str(issue.message)} for issue in issues],
        "rejected": rejected,
        "notes": notes,
        "written": str(out),
    }


def _lines(report: dict[str, Any]) -> list[str]:
    lines = [
        tr(
            "{units} units went to cells in {pairs} pairs; {whole} lie in one cell, {nowhere} in none",
            **{name: format_number(report[name]) for name in ("units", "pairs", "whole", "nowhere")},
        )
    ]
    errors = [error["message"] for error in report["errors"]]
    rejected = [tr("row {row}: {problem}", row=item["row"], problem=item["problem"]) for item in report["rejected"]]
    return [*lines, *listed(rejected, MOST), *listed(errors, MOST), *report["notes"], tr("Written: {path}", path=report["written"])]


def add_import_former(group: click.Group) -> None:
    """Add `import former`."""

    @group.command(
        "former", help=tr("Load grids of other offices, each from its map file, to lay over one another; errors are listed and stay.")
    )
    @click.argument("county")
    @click.argument("files", nargs=-1, required=True)
    @click.option("--name", default="", help=tr("What the grid is called (otherwise as its file)."))
    @reading_options
    @lang_option
    @json_option
    def former(
        county: str, files: tuple[str, ...], name: str, office: str, pairs: tuple[str, ...], lang: str | None, as_json: bool, **reading: Any
    ) -> int:
        from gis_app.files.former import former_edit

        if name and len(files) > 1:
            raise Refused(msg("--name names one grid; load the files one by one, or leave it out."))
        options = options_of(name, office, pairs, **reading)
        with opened_county(county) as opened:
            report: Any = perform(opened, former_edit([Path(file) for file in files], options), as_json).report
        found = report.as_json()
        errors = [str(issue.message) for issue in report.issues]
        rejected = [tr("row {row}: {problem}", row=item["row"], problem=item["problem"]) for item in found["rejected"]]
        say({**found, "errors": errors}, as_json, [*found["notes"], *listed(rejected, MOST), *listed(errors, MOST)])
        return PROBLEMS if rejected else DONE


def _grid_of(county: "County", name: str) -> "FormerGrid | None":
    """Return the former grid of a name or number; None for "cells"."""
    grids = county.state.former_grids
    if name.strip().casefold() in ("cells", "单元网格"):
        return None
    found = next((grid for grid in grids.values() if grid.name == name.strip()), None)
    found = found or (grids.get(int(name)) if name.isdecimal() else None)
    if found is None:
        known = "、".join(grid.name for grid in grids.values()) or "–"
        raise Refused(msg("There is no former grid {name}. The county has: {known}.", name=name, known=known))
    return found


def _add_list(group: click.Group) -> None:
    @group.command("list", help=tr("List the former grids, with their units and errors."))
    @lang_option
    @json_option
    @click.pass_obj
    def list_(county: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.former import errors_of, former_units
        from gis_app.grid.datum import metres_per_unit

        with opened_county(county) as opened:
            metres = metres_per_unit(opened.state.settings.crs)
            found: list[dict[str, Any]] = []
            for grid in opened.state.former_grids.values():
                units = former_units(opened.store, grid.id)
                issues = run(errors_of(units, metres), as_json)
                described = {"id": grid.id, "name": grid.name, "office": grid.office, "source": grid.source}
                found.append({**described, "units": len(units), "errors": [str(issue.message) for issue in issues]})
        words = [
            tr("{name}: {units} units, {errors} errors", name=grid["name"], units=grid["units"], errors=len(grid["errors"]))
            for grid in found
        ]
        say({"grids": found}, as_json, words or [tr("This county has no former grids; load one with `gis-app import former`.")])
        return DONE


def _add_overlay(group: click.Group) -> None:
    @group.command(help=tr("Lay two former grids (names or numbers), or one and the cells (cells), over one another."))
    @click.argument("one")
    @click.argument("other")
    @lang_option
    @json_option
    @click.pass_obj
    def overlay(county: str, one: str, other: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.former import CELLS, laying_over

        with opened_county(county) as opened:
            grids = [_grid_of(opened, name) for name in (one, other)]
            ids = [grid.id if grid else CELLS for grid in grids]
            sides = run(laying_over(opened.store, opened.state, ids[0], ids[1]), as_json)
        say(_overlay_report(sides), as_json, _overlay_lines(sides))
        return DONE


def _overlay_report(sides: "Sides") -> dict[str, Any]:
    laid = sides.overlaid
    agreement = {
        name: None if (value := getattr(laid.agreement, name)) != value else round(value, 4)
        for name in ("area", "households", "one_in_other", "other_in_one")
    }
    return {
        "agreement": agreement,
        "pairs": [
            {
                "one": sides.names_one.get(pair.one),
                "other": sides.names_other.get(pair.other),
                "area": round(pair.area, 1),
                "households": pair.households,
                "matched": pair.matched,
            }
            for pair in laid.pairs
        ],
        "differences": [
            {
                "one": sides.names_one.get(piece.one),
                "other": sides.names_other.get(piece.other),
                "area": round(piece.area, 1),
                "households": piece.households,
                "at": [round(value, 1) for value in piece.shape.representative_point().coords[0]],
            }
            for piece in laid.differences
        ],
    }


def _overlay_lines(sides: "Sides") -> list[str]:
    laid = sides.overlaid

    def percent(value: float) -> str:
        return "–" if value != value else f"{100 * value:.1f} %"  # noqa: PLR0124 - NaN

    lines = [
        tr(
            "They agree on {area} of the land and {households} of the households.",
            area=percent(laid.agreement.area),
            households=percent(laid.agreement.households),
        ),
        tr("{count} places differ:", count=format_number(len(laid.differences))),
    ]
    pieces = [
        tr(
            "{one} / {other}: {area} m², {households} households",
            one=sides.names_one.get(piece.one, "–"),
            other=sides.names_other.get(piece.other, "–"),
            area=format_number(piece.area),
            households=format_number(piece.households),
        )
        for piece in laid.differences
    ]
    return lines + listed(pieces, MOST)


def _add_find(group: click.Group) -> None:
    @group.command(help=tr("Find a former unit by its old number or name, and the cells that it went to."))
    @click.argument("words")
    @lang_option
    @json_option
    @click.pass_obj
    def find(county: str, words: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.former import former_called, went_to

        with opened_county(county) as opened:
            state = opened.state
            units = former_called(opened.store, words)
            went = went_to(opened.store, [unit.id for unit in units])
            found = [
                _found(unit, state.former_grids[unit.grid].name, [row for row in went if row.unit == unit.id], opened) for unit in units
            ]
        if not found:
            raise Refused(msg("No former grid has a unit {words}.", words=words))
        say({"units": found}, as_json, [line for unit in found for line in _found_lines(unit)])
        return DONE


def _found(unit: "FormerUnit", grid: str, went: "Sequence[WentTo]", county: "County") -> dict[str, Any]:
    cells = county.state.units
    return {
        "grid": grid,
        "code": unit.code,
        "name": unit.name,
        "cells": [
            {
                "code": cells[row.cell].code if row.cell in cells else None,
                "name": cells[row.cell].name if row.cell in cells else None,
                "area_share": round(row.area_share, 4),
                "households": row.households,
            }
            for row in went
        ],
    }


def _found_lines(unit: dict[str, Any]) -> list[str]:
    none = tr("no cell")
    return [
        f"{unit['grid']} {unit['code']} {unit['name']}".rstrip(),
        *(
            tr(
                "  → {code} {name}: {share} % of its land, {households} households",
                code=format_code(cell["code"] or "–"),
                name=cell["name"] or none,
                share=f"{100 * cell['area_share']:.1f}",
                households=cell["households"],
            )
            for cell in unit["cells"]
        ),
    ]


def _add_remove(group: click.Group) -> None:
    @group.command(help=tr("Take a former grid (name or number) out of the county."))
    @click.argument("name")
    @lang_option
    @json_option
    @click.pass_obj
    def remove(county: str, name: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.former_edits import remove_former_grid

        with opened_county(county) as opened:
            grid = _grid_of(opened, name)
            if grid is None:
                raise Refused(msg("The cells are no former grid and stay."))
            changes = perform(opened, remove_former_grid(grid.id, grid.name), as_json)
        say({"removed": grid.name}, as_json, [str(changes.title)])
        return DONE
