"""`gis-app plan COUNTY …`: the versions of the division, listed, made, renamed, discarded, compared and published without a window."""

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from gis_app.cli_plan_diff import add_diff
from gis_app.cli_shared import DONE, Refused, json_option, lang_option, opened_county, perform, say
from gis_app.language import Message, format_number, msg, tr

if TYPE_CHECKING:
    from gis_app.county.changes import Edit
    from gis_app.county.county import County
    from gis_app.county.plan_edits import Published
    from gis_app.grid.plans import Plan

_STATUS = {"draft": msg("draft"), "published": msg("published"), "archived": msg("archived")}


def add_plan(root: click.Group) -> None:
    """Add the group `plan` to the commands."""

    @root.group("plan", help=tr("Work on the plans of a county: drafts, the published one, earlier ones."))
    @click.argument("county")
    @click.pass_context
    def plan(context: click.Context, county: str) -> None:
        context.obj = county

    for add in (_add_list, _add_making, _add_changing, _add_publish):
        add(plan)
    add_diff(plan, plan_of)


def plan_of(county: "County", name: str) -> "Plan":
    """Return the plan of a name or number; a clear sentence where there is none."""
    from gis_app.county.plan_edits import plan_called

    found = plan_called(county.state, name)
    if found is None:
        known = "、".join(plan.name or str(plan.id) for plan in county.state.plans.values())
        raise Refused(msg("There is no plan {name}. The county has: {known}.", name=name, known=known))
    return found


def _add_list(group: click.Group) -> None:
    @group.command("list", help=tr("List the plans, with their status and dates."))
    @lang_option
    @json_option
    @click.pass_obj
    def list_(county: str, lang: str | None, as_json: bool) -> int:
        with opened_county(county) as opened:
            plans = [_described(opened, plan) for plan in opened.state.plans.values()]
        say({"plans": plans}, as_json, [_line(plan) for plan in plans])
        return DONE


def _described(county: "County", plan: "Plan") -> dict[str, Any]:
    return {
        "id": plan.id,
        "name": plan.name,
        "status": str(plan.status),
        "base": plan.base or None,
        "created": plan.created.isoformat() if plan.created else None,
        "valid_from": plan.valid_from.isoformat() if plan.valid_from else None,
        "valid_to": plan.valid_to.isoformat() if plan.valid_to else None,
        "note": plan.note,
        "edits": sum(not entry.undone for entry in county.store.history(1_000_000, plan.id)) if plan.status == "draft" else None,
    }


def _line(plan: dict[str, Any]) -> str:
    days = " – ".join(day or "" for day in (plan["valid_from"], plan["valid_to"])) if plan["valid_from"] else ""
    edits = "" if plan["edits"] is None else tr("{count} edits", count=format_number(plan["edits"]))
    return "\t".join(part for part in (str(plan["id"]), plan["name"] or "–", str(_STATUS[plan["status"]]), days, edits) if part)


def _add_making(group: click.Group) -> None:
    @group.command(help=tr("Make a draft as a copy of the published plan."))
    @click.argument("name")
    @lang_option
    @json_option
    @click.pass_obj
    def create(county: str, name: str, lang: str | None, as_json: bool) -> int:
        return _make(county, name, None, as_json)

    @group.command(help=tr("Make a draft as a copy of any plan (name or number)."))
    @click.argument("plan")
    @click.argument("name")
    @lang_option
    @json_option
    @click.pass_obj
    def copy(county: str, plan: str, name: str, lang: str | None, as_json: bool) -> int:
        return _make(county, name, plan, as_json)


def _make(path: str, name: str, base: str | None, as_json: bool) -> int:
    from gis_app.county.plan_edits import create_draft

    with opened_county(path) as opened:
        source = plan_of(opened, base).id if base is not None else 0
        made = perform(opened, create_draft(name, source), as_json).report
        described = _described(opened, opened.state.plans[made.id])  # type: ignore[attr-defined]
    say(described, as_json, [tr("Made: {path}", path=described["name"])])
    return DONE


def _add_changing(group: click.Group) -> None:
    @group.command(help=tr("Give a plan another name."))
    @click.argument("plan")
    @click.argument("name")
    @lang_option
    @json_option
    @click.pass_obj
    def rename(county: str, plan: str, name: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.plan_edits import rename_plan

        text = msg("Renamed: {name}", name=name.strip())
        return _change(county, plan, lambda number: rename_plan(number, name), text, as_json)

    @group.command(help=tr("Throw a draft away (opening the county in the window and undoing brings it back)."))
    @click.argument("plan")
    @lang_option
    @json_option
    @click.pass_obj
    def discard(county: str, plan: str, lang: str | None, as_json: bool) -> int:
        from gis_app.county.plan_edits import discard_draft

        return _change(county, plan, discard_draft, msg("Discarded: {name}", name=plan), as_json)


def _change(path: str, plan: str, edit: Any, text: Message, as_json: bool) -> int:
    with opened_county(path) as opened:
        found = plan_of(opened, plan)
        wanted: Edit = edit(found.id)
        perform(opened, wanted, as_json)
        now = opened.state.plans.get(found.id)
        report = {"id": found.id, "name": now.name if now else found.name, "discarded": now is None}
    say(report, as_json, [str(text)])
    return DONE


def _add_publish(group: click.Group) -> None:
    @group.command(help=tr("Check a draft and put it into force; households, workers and open whistles come to their new cells."))
    @click.argument("plan")
    @click.option("--from", "valid_from", metavar="YYYY-MM-DD", help=tr("First day on which it holds (today by default)."))
    @lang_option
    @json_option
    @click.pass_obj
    def publish(county: str, plan: str, valid_from: str | None, lang: str | None, as_json: bool) -> int:
        from gis_app.county import plan_edits

        with opened_county(county) as opened:
            day = opened.state.settings.now().date() if valid_from is None else _day(valid_from)
            found = plan_of(opened, plan)
            report: Any = perform(opened, plan_edits.publish(found.id, day), as_json).report
            codes = {unit.id: unit.code for known in (opened.state.closed, opened.state.units) for unit in known.values()}
        say(_published(report, codes), as_json, _sentences(report, found.name))
        return DONE


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(msg("{text} is no date; write it as 2026-07-01.", text=text)) from error


def _published(report: "Published", codes: dict[int, str]) -> dict[str, Any]:
    cells = {name: [codes[cell] for cell in getattr(report, name)] for name in _CELLS}
    return {
        "plan": report.plan,
        "archived": report.archived,
        "valid_from": report.valid_from.isoformat(),
        **cells,
        "households_moved": report.households_moved,
        "households_unassigned": report.households_unassigned,
        "residents_with_other_worker": report.residents_with_other_worker,
        "workers_moved": len(report.workers_moved),
        "cases_moved": report.cases_moved,
        "bodies_moved": len(report.bodies_moved),
        "outdated": report.outdated,
    }


_CELLS = ("cells_changed", "cells_renamed", "cells_new", "cells_closed")


def _sentences(report: "Published", name: str) -> list[str]:
    changed, renamed, new, closed = (format_number(len(getattr(report, kind))) for kind in _CELLS)
    lines = [
        tr("Published: {name}, from {day}", name=name, day=report.valid_from.isoformat()),
        tr(
            "Cells: {changed} redrawn, {renamed} renamed or moved, {new} new, {closed} closed",
            changed=changed,
            renamed=renamed,
            new=new,
            closed=closed,
        ),
        tr(
            "Households in another cell: {households}; residents with another worker: {residents}; open whistles in another cell: {cases}",
            households=format_number(report.households_moved),
            residents=format_number(report.residents_with_other_worker),
            cases=format_number(report.cases_moved),
        ),
    ]
    if report.households_unassigned:
        lines.append(tr("Households that have no cell now: {count}", count=format_number(report.households_unassigned)))
    if report.bodies_moved:
        lines.append(tr("Receiving bodies whose unit is gone: {count}", count=format_number(len(report.bodies_moved))))
    if report.outdated:
        lines.append(tr("Another plan was published after this draft was made; what it changed is now as the draft has it."))
    return lines
