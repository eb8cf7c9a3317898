"""`gis-app partition COUNTY …`: grids proposed by the program, reported or made the division of a draft."""

from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, PROBLEMS, Refused, json_option, lang_option, opened_county, perform, run, say
from gis_app.language import format_code, format_number, msg, plural, tr

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gis_app.county.county import County
    from gis_app.county.proposals import VillageProposal
    from gis_app.county.state import CountyState
    from gis_app.language import Message

AIMS = ("compact", "balanced", "faithful")


def add_partition(root: click.Group) -> None:
    """Add the command `partition`."""

    @root.command(help=tr("Propose cells with enough households each; with --draft, divide a draft so."))
    @click.argument("county")
    @click.option(
        "--unit", "units", multiple=True, metavar="CODE", help=tr("A village, or a township for all of its villages; may be repeated.")
    )
    @click.option("--all", "whole", is_flag=True, help=tr("All villages of the county."))
    @click.option("--floor", type=click.IntRange(1), help=tr("Households of a cell at least (by the settings, where it is not given)."))
    @click.option("--max", "most", type=click.IntRange(1), help=tr("Households of a cell at most."))
    @click.option("--cells", type=click.IntRange(1), help=tr("Cells of each village (as many as fit, where it is not given)."))
    @click.option(
        "--aim", type=click.Choice(AIMS), default="compact", help=tr("Compact cells, equal ones, or those near to the present ones.")
    )
    @click.option(
        "--along",
        multiple=True,
        metavar="LAYER",
        help=tr("A reference layer that borders follow; may be repeated (where none is named: all layers of lines, as roads and rivers)."),
    )
    @click.option(
        "--within",
        type=click.FloatRange(0),
        default=30.0,
        show_default=True,
        metavar="METRES",
        help=tr("How far a border goes to follow a line; 0: it follows none."),
    )
    @click.option("--draft", metavar="NAME", help=tr("Divide this draft so; it is made where there is none of the name."))
    @click.option("--seed", type=int, default=0, help=tr("Another number may give another proposal."))
    @lang_option
    @json_option
    def partition(county: str, lang: str | None, as_json: bool, **options: Any) -> int:
        if bool(options["units"]) == options["whole"]:
            raise Refused(msg("Name villages with --unit, or ask for all of them with --all."))
        if options["most"] and options["floor"] and options["most"] < options["floor"]:
            text = msg("A cell cannot have at least {floor} and at most {most} households.", floor=options["floor"], most=options["most"])
            raise Refused(text)
        with opened_county(county) as opened:
            report = _partition(opened, options, as_json)
        say(report, as_json, _lines(report))
        return PROBLEMS if report["cells_below_floor"] or report["problems"] else DONE


def _partition(county: "County", options: dict[str, Any], hidden: bool) -> dict[str, Any]:
    from time import perf_counter

    from gis_app.county.calling import villages_called
    from gis_app.county.changes import Refusal
    from gis_app.county.proposals import Asked, accept, proposing_ways
    from gis_app.grid.datum import metres_per_unit
    from gis_app.grid.partition.proposal import Aim
    from gis_app.grid.units import Level

    if options["draft"]:
        _open_draft(county, options["draft"], hidden)
    state = county.working
    villages = villages_called(state, options["units"]) or [unit.id for unit in state.units.at_level(Level.VILLAGE)]
    names, lines = _followed(county, options["along"]) if options["within"] else ([], ())
    tolerance = options["within"] / metres_per_unit(state.settings.crs)
    asked = Asked(
        options["floor"] or 0, options["most"] or 0, options["cells"] or 0, tolerance=tolerance, lines=lines, seed=options["seed"]
    )
    started = perf_counter()
    found = run(proposing_ways(county.store, state, villages, asked, [Aim(options["aim"])]), hidden)
    seconds = perf_counter() - started
    if isinstance(found, Refusal):
        raise Refused(found.reason)
    proposals = found.found[0].villages
    report = _report(state, proposals, seconds)
    report["along"] = names
    report["along_metres"] = round(found.found[0].along or 0.0, 1)
    report["left_out"] = [{"code": state.units[one].code, "reason": str(why)} for one, why in found.left_out.items()]
    if options["draft"]:
        perform(county, accept(proposals), hidden)
        report["draft"] = options["draft"]
    return report


def _followed(county: "County", named: tuple[str, ...]) -> tuple[list[str], "tuple[NDArray[np.float64], ...]"]:
    """Return the names of the layers that borders follow, and their lines."""
    from pathlib import Path

    from gis_app.grid.coverage import extent
    from gis_app.map.reference.guides import followed, guides, lines_of
    from gis_app.map.reference.shelf import Shelf

    state = county.working
    bounds = extent(state.coverage) if state.coverage.cells else None
    shelf = Shelf(Path(county.store.name).parent, state.settings.crs, lambda: bounds, lambda _, __: None)  # lines need no pictures cut
    try:
        known = guides(shelf, state.references)
        for name in named:
            if not any(one.name == name for one in known):
                problem = next((shelf.problem(one) for one in state.references.values() if one.name == name), None)
                raise Refused(problem or _no_layer(name, [one.name for one in known]))
        chosen = followed(known, {one.key: one.name in named for one in known} if named else {})
        return [one.name for one in chosen], lines_of(chosen)
    finally:
        shelf.close()


def _no_layer(name: str, known: list[str]) -> "Message":
    if not known:
        return msg("There is no layer {name} that borders could follow: the county has no layers of roads or rivers.", name=name)
    return msg("There is no layer {name} that borders could follow; there are: {names}.", name=name, names=", ".join(known))


def _open_draft(county: "County", name: str, hidden: bool) -> None:
    from gis_app.county.plan_edits import create_draft, plan_called
    from gis_app.grid.plans import PlanStatus

    known = plan_called(county.state, name)
    if known is None:
        known = perform(county, create_draft(name), hidden).report  # type: ignore[assignment]
    assert known is not None
    if known.status != PlanStatus.DRAFT:
        raise Refused(msg("{name} is not a draft; choose a draft.", name=known.name))
    run(county.opening_draft(known.id), hidden)


def _report(state: "CountyState", found: tuple["VillageProposal", ...], seconds: float) -> dict[str, Any]:
    import numpy as np

    loads = np.concatenate([one.proposal.loads for one in found])
    compact = np.concatenate([one.proposal.compactness for one in found])
    return {
        "villages": [_village(state, one) for one in found],
        "cells": len(loads),
        "cells_before": sum(len(one.free) for one in found),
        "households": int(loads.sum()),
        "cells_below_floor": sum(one.proposal.below for one in found),
        "largest_spread": max(one.proposal.spread for one in found),
        "mean_polsby_popper": float(compact.mean()),
        "cut_metres": float(sum(one.proposal.cut for one in found)),
        "households_with_other_worker": sum(one.other_worker for one in found),
        "problems": [str(one.proposal.problem) for one in found if one.proposal.problem is not None],
        "seconds": round(seconds, 3),
    }


def _village(state: "CountyState", one: "VillageProposal") -> dict[str, Any]:
    proposal, unit = one.proposal, state.units[one.village]
    cells = [
        {
            "keeps": state.units[one.keeps[cell]].code if cell in one.keeps else None,
            "households": int(proposal.loads[cell - 1]),
            "polsby_popper": float(proposal.compactness[cell - 1]),
        }
        for cell in sorted(proposal.coverage.cells)
    ]
    return {
        "code": unit.code,
        "name": unit.name,
        "floor": proposal.wanted.floor,
        "cells": cells,
        "below_floor": proposal.below,
        "spread": proposal.spread,
        "mean_polsby_popper": float(proposal.compactness.mean()),
        "cut_metres": proposal.cut,
        "households_with_other_worker": one.other_worker,
        "problem": None if proposal.problem is None else str(proposal.problem),
        "remarks": [str(remark) for remark in proposal.remarks],
    }


def _lines(report: dict[str, Any]) -> list[str]:
    few = len(report["villages"]) <= 12
    lines = []
    for village in report["villages"] if few else []:
        loads = [cell["households"] for cell in village["cells"]]
        figures = {
            "village": village["name"],
            "code": format_code(village["code"]),
            "cells": format_number(len(loads)),
            "least": format_number(min(loads)),
            "most": format_number(max(loads)),
            "floor": format_number(village["floor"]),
            "compactness": format_number(village["mean_polsby_popper"], 2),
        }
        one = msg("{village} ({code}): one cell with {most} households (floor {floor}), compactness {compactness}", **figures)
        many = msg(
            "{village} ({code}): {cells} cells with {least} to {most} households (floor {floor}), compactness {compactness}", **figures
        )
        lines.append(str(plural(len(loads), one, many)))
        lines += village["remarks"]
    lines += report["problems"] + [village["reason"] for village in report["left_out"]]
    if report["along"]:
        lines.append(
            tr(
                "Borders follow: {names} ({along} of {all} km run along them)",
                names=", ".join(report["along"]),
                along=format_number(report["along_metres"] / 1000, 1),
                all=format_number(report["cut_metres"] / 1000, 1),
            )
        )
    lines.append(
        tr(
            "Cells: {cells} for {households} households (before: {before}); below the floor: {below}; farthest from its village's mean: "
            "{spread}; mean compactness {compactness}; households with another worker: {other}; {seconds} s",
            cells=format_number(report["cells"]),
            households=format_number(report["households"]),
            before=format_number(report["cells_before"]),
            below=format_number(report["cells_below_floor"]),
            spread=f"{report['largest_spread']:.0%}",
            compactness=format_number(report["mean_polsby_popper"], 2),
            other=format_number(report["households_with_other_worker"]),
            seconds=format_number(report["seconds"], 1),
        )
    )
    if "draft" in report:
        lines.append(tr("The draft {name} is divided so.", name=report["draft"]))
    return lines
