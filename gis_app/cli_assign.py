"""`gis-app assign COUNTY workers --optimal`: workers matched with cells, before and after, and why."""

from typing import TYPE_CHECKING, Any

from gis_app.cli_shared import DONE, Refused, perform, run, say
from gis_app.grid.privacy import mask_name
from gis_app.language import format_code, format_number, listed, msg, tr

if TYPE_CHECKING:
    from gis_app.county.county import County
    from gis_app.county.state import CountyState
    from gis_app.county.worker_edits import AssignmentProposal, Fairness, Matched


def assign_optimal(county: "County", as_json: bool, *, units: tuple[str, ...], keep: float, dry_run: bool) -> int:
    """Match workers with cells, and (unless it is a trial) give them these cells."""
    from gis_app.county.calling import villages_called
    from gis_app.county.changes import Refusal
    from gis_app.county.worker_edits import accept_assignment, fairness, propose_assignment

    if not 0 <= keep < float("inf"):
        raise Refused(msg("--keep is a number of metres from 0 on."))
    state = county.working
    before = fairness(state)
    found = run(propose_assignment(state, set(villages_called(state, units)) if units else None, keep), as_json)
    if isinstance(found, Refusal):
        raise Refused(found.reason)
    if found.rows and not dry_run:
        perform(county, accept_assignment(found), as_json)
    report = _report(state, found, before, fairness(county.working))
    say({**report, "dry_run": dry_run}, as_json, _lines(report))
    return DONE


def _report(
    state: "CountyState", found: "AssignmentProposal", before: tuple["Fairness", ...], after: tuple["Fairness", ...]
) -> dict[str, Any]:
    return {
        "changes": [_row(state, row) for row in found.rows],
        "mean_metres_before": round(found.metres_before, 1),
        "mean_metres_after": round(found.metres_after, 1),
        "vacant_before": found.vacant_before,
        "vacant_after": found.vacant_after,
        "overloaded_before": sum(one.overloaded for one in before),
        "overloaded_after": sum(one.overloaded for one in after),
        "mean_gini_before": _mean_gini(before),
        "mean_gini_after": _mean_gini(after),
    }


def _mean_gini(found: tuple["Fairness", ...]) -> float:
    known = [one.gini for one in found if one.workers > 1]
    return round(sum(known) / len(known), 4) if known else 0.0


def _row(state: "CountyState", row: "Matched") -> dict[str, Any]:
    worker = state.workers[row.worker]

    def codes(cells: tuple[int, ...]) -> list[str]:
        return [state.units[cell].code for cell in cells]

    return {
        "worker": worker.code or str(worker.id),
        "name": mask_name(worker.name),
        "village": state.units[row.village].name,
        "before": codes(row.before),
        "after": codes(row.after),
        "metres_before": None if row.metres_before != row.metres_before else round(row.metres_before, 1),
        "metres_after": None if row.metres_after != row.metres_after else round(row.metres_after, 1),
        "load_before": round(row.load_before, 1),
        "load_after": round(row.load_after, 1),
        "why": str(row.why),
    }


def _lines(report: dict[str, Any]) -> list[str]:
    lines = []
    for row in report["changes"][:50]:
        before, after = (listed(map(format_code, row[side])) or "–" for side in ("before", "after"))
        lines.append(
            tr(
                "{worker} {name}: {before} → {after}. {why}",
                worker=row["worker"],
                name=row["name"],
                before=before,
                after=after,
                why=row["why"],
            )
        )
    if len(report["changes"]) > 50:
        lines.append(tr("… and {count} more (use --json for all)", count=format_number(len(report["changes"]) - 50)))
    lines.append(
        tr(
            "{count} workers get other cells; mean way {before} m → {after} m; cells without a worker {vacant} → {left}; "
            "overloaded {many} → {few}; Gini {gini} → {then}",
            count=format_number(len(report["changes"])),
            before=format_number(report["mean_metres_before"]),
            after=format_number(report["mean_metres_after"]),
            vacant=format_number(report["vacant_before"]),
            left=format_number(report["vacant_after"]),
            many=format_number(report["overloaded_before"]),
            few=format_number(report["overloaded_after"]),
            gini=format_number(report["mean_gini_before"], 3),
            then=format_number(report["mean_gini_after"], 3),
        )
    )
    return lines
