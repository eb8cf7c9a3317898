"""`gis-app plan COUNTY diff`: what differs between two plans, whatever their status, as the window's comparison shows it."""

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_shared import DONE, json_option, lang_option, opened_county, run, say, target
from gis_app.language import format_code, format_number, msg, tr
from gis_app.progress import Steps, part

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis_app.county.comparison import CellComparison, CellSide, Comparison
    from gis_app.county.county import County
    from gis_app.county.state import CountyState
    from gis_app.grid.plans import Plan

_FATES = {
    "moved": msg("renamed or moved"),
    "changed": msg("redrawn"),
    "new": msg("new"),
    "closed": msg("gone"),
}


def add_diff(group: click.Group, plan_of: "Callable[[County, str], Plan]") -> None:
    """Add the command `diff`; `plan_of` finds a plan by what the user calls it."""

    @group.command(help=tr("Compare two plans of any status (name or number), the earlier one first."))
    @click.argument("before")
    @click.argument("after")
    @click.option("--crosswalk", metavar="FILE", help=tr("Write where each old cell went as .xlsx, .gpkg, .geojson or .csv."))
    @click.option("--residents", metavar="FILE", help=tr("Write which households get another grid worker, likewise."))
    @click.option("--private", is_flag=True, help=tr("Write names and phones of residents and workers in full, too."))
    @lang_option
    @json_option
    @click.pass_obj
    def diff(
        county: str, before: str, after: str, crosswalk: str | None, residents: str | None, private: bool, lang: str | None, as_json: bool
    ) -> int:
        from gis_app.files.crosswalk import write_crosswalk
        from gis_app.files.residents import write_residents

        files = {name: target(path) for name, path in (("crosswalk", crosswalk), ("residents", residents)) if path is not None}
        with opened_county(county) as opened:
            plans = plan_of(opened, before), plan_of(opened, after)
            one, two, found = run(_compared(opened, *plans), as_json)
            if "crosswalk" in files:
                run(write_crosswalk(one, two, found, files["crosswalk"]), as_json)
            if "residents" in files:
                run(write_residents(opened.store, one, two, found, files["residents"], private), as_json)
        report = _report(plans, one, two, found, private)
        report["written"] = {name: str(path) for name, path in files.items()}
        say(report, as_json, _sentences(report))
        return DONE


def _compared(county: "County", before: "Plan", after: "Plan") -> "Steps[tuple[CountyState, CountyState, Comparison]]":
    from gis_app.county.comparison import comparing

    def state_of(plan: "Plan") -> "Steps[CountyState]":
        return county.state if plan.id == county.state.plan else (yield from county.reading_plan(plan.id))

    one = yield from part(state_of(before), 0.0, 0.3)
    two = yield from part(state_of(after), 0.3, 0.6)
    return one, two, (yield from part(comparing(one, two), 0.6, 1.0))


def _report(plans: "tuple[Plan, Plan]", one: "CountyState", two: "CountyState", found: "Comparison", private: bool) -> dict[str, Any]:
    from gis_app.county.comparison import residents_of

    count = Counter(str(cell.fate) for cell in found.cells)
    old, new = ({unit.id: unit.code for unit in state.units.values()} for state in (one, two))
    named = [{"id": plan.id, "name": plan.name, "status": str(plan.status)} for plan in plans]
    return {
        "before": named[0],
        "after": named[1],
        "cells": {fate: count[fate] for fate in ("new", "closed", "changed", "moved", "same")},
        "area_changed": round(sum(exchange.area for exchange in found.exchanges), 3),
        "households_moved": len(found.moved),
        "households_with_other_worker": len(found.other_worker),
        "residents_with_other_worker": residents_of(two, found.other_worker),
        "differences": [_difference(cell, one, two, private) for cell in found.differing],
        "crosswalk": [
            {"before": old.get(row.before), "after": new.get(row.after), "area": round(row.area, 3), "households": row.households}
            for row in found.crosswalk
            if row.before != row.after
        ],
    }


def _difference(cell: "CellComparison", one: "CountyState", two: "CountyState", private: bool) -> dict[str, Any]:
    return {
        "id": cell.id,
        "fate": str(cell.fate),
        "before": _side(cell.before, one, private),
        "after": _side(cell.after, two, private),
        "gained": round(cell.gained, 3),
        "lost": round(cell.lost, 3),
    }


def _side(side: "CellSide | None", state: "CountyState", private: bool) -> dict[str, Any] | None:
    from gis_app.grid.privacy import mask_name

    if side is None:
        return None
    village, names = state.units.get(side.unit.parent), [state.workers[worker].name for worker in side.workers]
    return {
        "code": side.unit.code,
        "name": side.unit.name,
        "village": village.code if village else None,
        "households": side.households,
        "area": round(side.area, 3),
        "compactness": round(side.compactness, 4),
        "workers": [name if private else mask_name(name) for name in names],
    }


def _sentences(report: dict[str, Any]) -> list[str]:
    cells = report["cells"]
    lines = [
        tr("From {before} to {after}", before=report["before"]["name"] or "–", after=report["after"]["name"] or "–"),
        tr(
            "Cells: {changed} redrawn, {renamed} renamed or moved, {new} new, {closed} closed",
            changed=format_number(cells["changed"]),
            renamed=format_number(cells["moved"]),
            new=format_number(cells["new"]),
            closed=format_number(cells["closed"]),
        ),
        tr(
            "Land in another cell: {area} km²; households in another cell: {households}; residents with another worker: {residents}",
            area=format_number(report["area_changed"] / 1e6, 2),
            households=format_number(report["households_moved"]),
            residents=format_number(report["residents_with_other_worker"]),
        ),
    ]
    lines += [_line(cell) for cell in report["differences"]]
    return [*lines, *(tr("Written: {path}", path=path) for path in report["written"].values())]


def _line(cell: dict[str, Any]) -> str:
    def both(name: str, write: "Callable[[Any], str]") -> str:
        texts = ["–" if cell[side] is None else write(cell[side][name]) for side in ("before", "after")]
        return texts[0] if texts[0] == texts[1] else " → ".join(texts)

    return "\t".join(
        (
            both("code", format_code),
            both("name", str),
            str(_FATES[cell["fate"]]),
            tr("{count} households", count=both("households", format_number)),
            tr("{area} km²", area=both("area", lambda area: format_number(area / 1e6, 2))),
            both("workers", lambda names: "、".join(names) or tr("(vacant)")),
        )
    )
